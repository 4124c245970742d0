"""What each `araxes` command does, one module per group."""
