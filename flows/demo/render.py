"""Stories as web pages, and the furniture real sites put around them."""

import json
from datetime import datetime
from html import escape
from string import Template
from urllib.parse import quote

from flows.demo.content import Outlet, Story

_PAGE = Template("""<!DOCTYPE html>
<html lang="$language" dir="$direction">
<head>
<meta charset="utf-8">
<title>$title | $outlet</title>
<link rel="canonical" href="$canonical">
<link rel="alternate" type="application/rss+xml" href="$feed" title="$outlet">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="author" content="$author">
<meta name="description" content="$lead">
<meta property="og:type" content="article">
<meta property="og:site_name" content="$outlet">
<meta property="og:title" content="$title">
<meta property="og:url" content="$canonical">
<meta property="og:description" content="$lead">
<meta property="article:published_time" content="$published">
<script type="application/ld+json">$json_ld</script>
<style>body{font-family:serif;max-width:60rem;margin:auto}</style>
</head>
<body>
<header class="site-header">
<a class="logo" href="/">$outlet</a> <p class="tagline">$tagline</p>
<nav class="main-menu"><ul>$nav</ul></nav>
</header>
<div class="breadcrumbs"><a href="/">$outlet</a> / <a href="/">$section</a></div>
$main
<aside class="sidebar"><h3>$most_read</h3><ul>$related</ul></aside>
<footer class="site-footer">
<p class="disclaimer">$disclaimer</p>
<ul>$nav</ul><p>© $outlet</p>
</footer>
</body>
</html>
""")

_ARTICLE = Template("""<main><article class="story">
<h1 class="headline">$title</h1>
<p class="byline"><span class="author">$author</span>
<time datetime="$published">$shown_date</time></p>
<div class="share"><a href="#">Facebook</a> <a href="#">Telegram</a> <a href="#">X</a></div>
<div class="article-body">
$body
</div>
<div class="related"><h4>$read_also</h4><ul>$related</ul></div>
</article></main>""")

_PLAIN = Template("""<div id="wrapper"><div id="content">
<div class="post-title"><h1>$title</h1></div>
<div class="post-meta">$shown_date · <a rel="author" href="/">$author</a></div>
<div class="post-content">
$body
</div>
<div class="tags"><a href="/">$section</a></div>
<div class="also"><b>$read_also</b><ul>$related</ul></div>
</div></div>""")

_INDEX = Template("""<!DOCTYPE html>
<html lang="$language" dir="$direction"><head><meta charset="utf-8"><title>$outlet</title>
<link rel="alternate" type="application/rss+xml" href="$feed" title="$outlet"></head>
<body><h1>$outlet</h1><p>$tagline</p><ul>$links</ul><p>$disclaimer</p></body></html>
""")

_RIGHT_TO_LEFT = frozenset({"fa", "ar", "he"})


def address(base: str, story: Story) -> str:
    """Absolute URL of a story's page, percent-encoded."""
    return base + quote(story.path, safe="/")


def body_html(story: Story) -> str:
    """Paragraphs of a story as HTML; a paragraph that starts with `> ` is a quotation."""
    return "\n".join(_block(paragraph) for paragraph in story.paragraphs)


def _block(paragraph: str) -> str:
    if paragraph.startswith("## "):
        return f"<h2>{escape(paragraph[3:], quote=False)}</h2>"
    if paragraph.startswith("> "):
        return f"<blockquote><p>{escape(paragraph[2:], quote=False)}</p></blockquote>"
    return f"<p>{escape(paragraph, quote=False)}</p>"


def lead(story: Story, letters: int = 200) -> str:
    """First words of a story, cut at a word, as feeds and meta tags carry them."""
    text = story.paragraphs[0] if story.paragraphs else ""
    return text if len(text) <= letters else text[:letters].rsplit(" ", 1)[0] + "…"


def page(outlet: Outlet, story: Story, base: str, now: datetime) -> str:
    """One story's page with all furniture; `base` is the outlet's address, `now` dates it."""
    slots = _slots(outlet, story, base, now)
    slots["main"] = (_ARTICLE if outlet.layout == "article" else _PLAIN).substitute(slots)
    return _PAGE.substitute(slots)


def index(outlet: Outlet, stories: tuple[Story, ...], base: str) -> str:
    """Front page of an outlet, which is its "about" page too."""
    links = "".join(_link(story, base) for story in stories)
    return _INDEX.substitute(_site(outlet, outlet.languages[0], base), links=links)


def _slots(outlet: Outlet, story: Story, base: str, now: datetime) -> dict[str, str]:
    published = story.published(now)
    canonical = address(base, outlet.by_slug[story.alias_of] if story.alias_of else story)
    return _site(outlet, story.language, base) | {
        "title": escape(story.title),
        "author": escape(story.author),
        "lead": escape(lead(story)),
        "section": escape(story.section or outlet.nav[0]),
        "canonical": canonical,
        "published": published.isoformat(),
        "shown_date": published.strftime("%d.%m.%Y %H:%M"),
        "json_ld": _json_ld(outlet, story, canonical, published),
        "body": body_html(story),
        "related": "".join(_link(other, base) for other in _neighbours(outlet, story)),
    }


def _site(outlet: Outlet, language: str, base: str) -> dict[str, str]:
    return {
        "language": language,
        "direction": "rtl" if language in _RIGHT_TO_LEFT else "ltr",
        "outlet": escape(outlet.name),
        "tagline": escape(outlet.tagline),
        "disclaimer": escape(outlet.disclaimer),
        "nav": "".join(f'<li><a href="/">{escape(label)}</a></li>' for label in outlet.nav),
        "read_also": escape(outlet.labels[0]),
        "most_read": escape(outlet.labels[1]),
        "feed": base + outlet.feeds[0].path,
    }


def _neighbours(outlet: Outlet, story: Story) -> tuple[Story, ...]:
    same = [s for s in outlet.stories if s.language == story.language and s is not story]
    older = [s for s in same if s.days_ago >= story.days_ago and s.alias_of is None]
    return tuple(older[:3])


def _link(story: Story, base: str) -> str:
    return f'<li><a href="{address(base, story)}">{escape(story.title)}</a></li>'


def _json_ld(outlet: Outlet, story: Story, canonical: str, published: datetime) -> str:
    card = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "datePublished": published.isoformat(),
        "inLanguage": story.language,
        "author": {"@type": "Person", "name": story.author},
        "publisher": {"@type": "Organization", "name": outlet.name},
        "mainEntityOfPage": canonical,
    }
    return json.dumps(card, ensure_ascii=False).replace("<", "\\u003c")
