"""One module per page; each has a `show(snapshot, record)`."""
