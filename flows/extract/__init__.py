"""Page to article: words, dates, language. No I/O."""
