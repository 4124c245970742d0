"""The digest: a day or a week in sentences, each with its number, its articles, its receipt.

attention, sides, health ─► claims (words and the SQL behind them) ─► brief ─► Markdown, HTML
"""
