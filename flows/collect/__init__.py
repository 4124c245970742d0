"""Collecting: the one way out to strangers' servers, and how we behave there.

Addresses      public ones only, checked after DNS at the address dialled, on every hop;
               a source may list private networks of its own
Requests       GET over HTTP/1.1 or 2; our name and whom to write to; no cookies, no Referer,
               no proxies but the source's own
Limits         one deadline for the whole exchange, bytes counted after decompression, headers,
               redirects, one or two content codings; a cut body is a failure
Turns          one request at a time per host, `min_delay` between starts, slower for slow
               hosts; Crawl-delay up to 30 s; Retry-After holds for the host, up to 31 days
robots.txt     RFC 9309, kept for a day; pages follow it in full; a configured feed is closed
               only by rules that name Araxes
Opt-outs       `tdm-reservation: 1` and `noai` refuse a text, `noarchive` keeps it out of the
               archive, `noindex` speaks to search engines
Challenges     a bot challenge is named, its host left alone for an hour, never evaded
Feeds          validators echoed byte for byte, never those of a cut document; 410 ends a feed,
               301 and 308 move it once it has proved to be a feed there
"""
