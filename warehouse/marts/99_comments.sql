-- What every table and column holds, in a sentence; `araxes query "FROM duckdb_columns()"` shows it.

COMMENT ON TABLE sources IS
  'Outlets as configured.';
COMMENT ON COLUMN sources.source_id IS 'Short stable name of the outlet, as in sources.toml.';
COMMENT ON COLUMN sources.name IS 'Name of the outlet.';
COMMENT ON COLUMN sources.homepage IS 'Its front page.';
COMMENT ON COLUMN sources.country IS 'Country of its newsroom, ISO 3166-1 alpha-2.';
COMMENT ON COLUMN sources.ownership IS
  'Who owns or funds it: state, public, commercial, independent ….';
COMMENT ON COLUMN sources.perspective IS 'Whose public it addresses or speaks for.';
COMMENT ON COLUMN sources.languages IS 'Languages it publishes in, ISO 639-1.';
COMMENT ON COLUMN sources.evidence IS 'Where ownership was read.';
COMMENT ON COLUMN sources.active IS 'Whether it is still configured and switched on.';
COMMENT ON COLUMN sources.expect_min IS 'Fewest articles a day that are normal, if configured.';
COMMENT ON COLUMN sources.expect_max IS 'Most articles a day that are normal, if configured.';

COMMENT ON TABLE source_history IS
  'What a source was when: ownership and perspective as of a day.';
COMMENT ON COLUMN source_history.source_id IS 'The outlet.';
COMMENT ON COLUMN source_history.valid_from IS 'First day this held.';
COMMENT ON COLUMN source_history.valid_to IS 'First day it no longer held.';
COMMENT ON COLUMN source_history.country IS 'Country of its newsroom then.';
COMMENT ON COLUMN source_history.ownership IS 'Ownership then.';
COMMENT ON COLUMN source_history.perspective IS 'Perspective then.';

COMMENT ON TABLE feeds IS
  'Feeds and what is remembered of each between polls.';
COMMENT ON COLUMN feeds.feed_id IS
  'Hash of source and configured address; a feed that moves keeps it.';
COMMENT ON COLUMN feeds.source_id IS 'The outlet it belongs to.';
COMMENT ON COLUMN feeds.url IS 'Address as configured.';
COMMENT ON COLUMN feeds.kind IS 'feed, news-sitemap, sitemap or listing.';
COMMENT ON COLUMN feeds.state IS 'active, backing_off, gone or disabled.';
COMMENT ON COLUMN feeds.etag IS 'Validator the server gave with the last whole body.';
COMMENT ON COLUMN feeds.last_modified IS 'Validator the server gave with the last whole body.';
COMMENT ON COLUMN feeds.next_poll_at IS 'When it is due again.';
COMMENT ON COLUMN feeds.interval_seconds IS
  'Seconds between polls, adapted to how often it changes.';
COMMENT ON COLUMN feeds.consecutive_failures IS 'Failures since the last success.';
COMMENT ON COLUMN feeds.last_success_at IS 'When it was last read.';
COMMENT ON COLUMN feeds.last_error IS 'What went wrong last.';
COMMENT ON COLUMN feeds.moved_to IS 'Where the server says it moved for good.';
COMMENT ON COLUMN feeds.polled_url IS 'Address that is polled now.';
COMMENT ON COLUMN feeds.body_hash IS 'Hash of the last body, to see that nothing changed.';
COMMENT ON COLUMN feeds.recent_items IS 'Entries of the last poll, to see that none were missed.';

COMMENT ON TABLE hosts IS
  'What is remembered of hosts between runs.';
COMMENT ON COLUMN hosts.host IS 'Name of the host.';
COMMENT ON COLUMN hosts.hold_until IS 'Until when it asked to be left alone.';
COMMENT ON COLUMN hosts.robots_status IS 'HTTP status of its robots.txt.';
COMMENT ON COLUMN hosts.robots_body IS 'Its robots.txt.';
COMMENT ON COLUMN hosts.robots_checked_at IS 'When robots.txt was read.';
COMMENT ON COLUMN hosts.tdm_body IS 'Its tdmrep.json, if that reserves or frees anything.';
COMMENT ON COLUMN hosts.tdm_checked_at IS 'When tdmrep.json was last asked for.';

COMMENT ON TABLE runs IS
  'Runs of the flows.';
COMMENT ON COLUMN runs.run_id IS 'Hash of when and where it started.';
COMMENT ON COLUMN runs.flow IS 'Which flow ran.';
COMMENT ON COLUMN runs.started_at IS 'When it started.';
COMMENT ON COLUMN runs.finished_at IS 'When it ended; NULL while it runs or if it died.';
COMMENT ON COLUMN runs.state IS 'running, completed, failed, interrupted or died.';
COMMENT ON COLUMN runs.counts IS 'What it counted, as printed by --json.';
COMMENT ON COLUMN runs.code_version IS 'Version of Araxes.';
COMMENT ON COLUMN runs.vocabulary_version IS 'Hash of the vocabulary it tagged with.';

COMMENT ON TABLE polls IS
  'Every poll of every feed.';
COMMENT ON COLUMN polls.poll_id IS 'Hash of feed and time.';
COMMENT ON COLUMN polls.run_id IS 'Run that polled.';
COMMENT ON COLUMN polls.feed_id IS 'Feed that was polled.';
COMMENT ON COLUMN polls.polled_at IS 'When.';
COMMENT ON COLUMN polls.outcome IS 'ok, not_modified, unchanged, failed or refused.';
COMMENT ON COLUMN polls.http_status IS 'HTTP status, if there was an answer.';
COMMENT ON COLUMN polls.bytes IS 'Bytes of the decoded body.';
COMMENT ON COLUMN polls.milliseconds IS 'How long it took.';
COMMENT ON COLUMN polls.entries IS 'Entries in the feed.';
COMMENT ON COLUMN polls.new_entries IS 'Entries never seen before in this feed.';
COMMENT ON COLUMN polls.gap IS
  'The feed shared no entry with the poll before, so some may be lost.';
COMMENT ON COLUMN polls.error IS 'What went wrong.';

COMMENT ON TABLE items IS
  'The ledger: one row per feed and link, and what became of it.';
COMMENT ON COLUMN items.item_id IS 'Hash of feed and canonical link.';
COMMENT ON COLUMN items.run_id IS 'Run that last handled it.';
COMMENT ON COLUMN items.feed_id IS 'Feed it came in.';
COMMENT ON COLUMN items.source_id IS 'Outlet of the feed.';
COMMENT ON COLUMN items.url IS 'Canonical link.';
COMMENT ON COLUMN items.guid IS 'Identity the feed gave it.';
COMMENT ON COLUMN items.title IS 'Title in the feed, as last changed.';
COMMENT ON COLUMN items.published_at IS 'Date in the feed.';
COMMENT ON COLUMN items.seen_at IS 'When it was first seen.';
COMMENT ON COLUMN items.state IS
  'loaded, duplicate, off_topic, too_short, refused, fetch_failed, extract_failed, quarantined or pending.';
COMMENT ON COLUMN items.reason IS 'Why it is in this state.';
COMMENT ON COLUMN items.attempts IS 'How often it was tried.';
COMMENT ON COLUMN items.next_attempt_at IS 'When it is tried again, while pending.';
COMMENT ON COLUMN items.article_id IS 'Article behind the link.';
COMMENT ON COLUMN items.summary IS 'Summary in the feed, kept while pending.';
COMMENT ON COLUMN items.content_html IS 'Full text in the feed, kept while pending.';
COMMENT ON COLUMN items.modified_at IS 'Date of change in the feed.';
COMMENT ON COLUMN items.authors IS 'Authors in the feed.';
COMMENT ON COLUMN items.content_hash IS 'Hash of the words of the full text in the feed.';

COMMENT ON TABLE revisits IS
  'Entries whose feed says that their article was edited, until it was fetched again.';
COMMENT ON COLUMN revisits.item_id IS 'The entry.';
COMMENT ON COLUMN revisits.seen_at IS 'When the edit was seen.';
COMMENT ON COLUMN revisits.content_html IS 'Full text in the feed now.';
COMMENT ON COLUMN revisits.attempts IS 'How often it was tried.';
COMMENT ON COLUMN revisits.next_attempt_at IS 'When it is tried again.';

COMMENT ON TABLE run_items IS
  'Where the entries of a run stood when it ended; its sums are the counts of the run.';
COMMENT ON COLUMN run_items.run_id IS 'The run.';
COMMENT ON COLUMN run_items.item_id IS 'The entry.';
COMMENT ON COLUMN run_items.state IS 'Its state.';

COMMENT ON TABLE articles IS
  'Articles, relevant or not, copy or not.';
COMMENT ON COLUMN articles.article_id IS 'Hash of the canonical link as known before fetching.';
COMMENT ON COLUMN articles.source_id IS 'Outlet that published it.';
COMMENT ON COLUMN articles.feed_id IS 'Feed it was found in.';
COMMENT ON COLUMN articles.url IS 'Address where redirects ended.';
COMMENT ON COLUMN articles.canonical_url IS 'Address the page calls its own.';
COMMENT ON COLUMN articles.title IS 'Headline.';
COMMENT ON COLUMN articles.authors IS 'Authors as printed.';
COMMENT ON COLUMN articles.published_at IS 'When it was published.';
COMMENT ON COLUMN articles.published_from IS 'Where that date was read: page, feed, url or fetch.';
COMMENT ON COLUMN articles.modified_at IS 'When page or feed say it was changed, else when we saw that it was.';
COMMENT ON COLUMN articles.fetched_at IS 'When it was fetched.';
COMMENT ON COLUMN articles.language IS 'Language of the text, ISO 639-1, or und.';
COMMENT ON COLUMN articles.language_confidence IS 'How sure that is, 0 to 1.';
COMMENT ON COLUMN articles.language_declared IS 'Language the page declares.';
COMMENT ON COLUMN articles.text IS 'Text without navigation and advertising.';
COMMENT ON COLUMN articles.word_count IS 'Words in the text.';
COMMENT ON COLUMN articles.content_hash IS 'Hash of the text.';
COMMENT ON COLUMN articles.extractor IS 'What extracted it.';
COMMENT ON COLUMN articles.agreement IS 'How far a second extractor agrees, 0 to 1.';
COMMENT ON COLUMN articles.quality IS 'Quality flag of the extraction.';
COMMENT ON COLUMN articles.novelty IS 'Share of its sentences in no seed and no earlier copy.';
COMMENT ON COLUMN articles.relevance IS 'How far it is about the region and its security, 0 to 1.';
COMMENT ON COLUMN articles.relevant IS 'Whether it counts in views.';
COMMENT ON COLUMN articles.warc_ref IS 'Where its raw page is archived.';
COMMENT ON COLUMN articles.run_id IS 'Run that loaded it.';
COMMENT ON COLUMN articles.day IS 'Day of published_at in the region (UTC+4).';
COMMENT ON COLUMN articles.language_decided_by IS 'Step that decided the language.';
COMMENT ON COLUMN articles.relevance_reason IS 'Why it is relevant or not.';

COMMENT ON TABLE revisions IS
  'Earlier texts of articles that changed.';
COMMENT ON COLUMN revisions.article_id IS 'The article.';
COMMENT ON COLUMN revisions.revision IS '1 for the first text, and so on.';
COMMENT ON COLUMN revisions.seen_at IS 'When that text was fetched.';
COMMENT ON COLUMN revisions.title IS 'Headline then.';
COMMENT ON COLUMN revisions.text IS 'Text then.';
COMMENT ON COLUMN revisions.content_hash IS 'Hash of that text.';

COMMENT ON TABLE duplicates IS
  'Pairs: an article repeats another, or a seed document.';
COMMENT ON COLUMN duplicates.article_id IS 'The later or containing article.';
COMMENT ON COLUMN duplicates.of_article_id IS 'The article it repeats; NULL for seeds.';
COMMENT ON COLUMN duplicates.of_seed_id IS 'The seed it repeats; NULL for articles.';
COMMENT ON COLUMN duplicates.kind IS 'url, exact, near, contained or seed.';
COMMENT ON COLUMN duplicates.similarity IS 'Jaccard index of 3-word runs, 0 to 1.';
COMMENT ON COLUMN duplicates.containment IS
  'Share of the shorter text, or of the seed, found in the other.';
COMMENT ON COLUMN duplicates.method IS 'How it was decided, in words.';

COMMENT ON TABLE clusters IS
  'Syndication: the one cluster each article is in.';
COMMENT ON COLUMN clusters.article_id IS 'The article.';
COMMENT ON COLUMN clusters.cluster_id IS 'The cluster.';
COMMENT ON COLUMN clusters.canonical IS 'Whether it came first.';
COMMENT ON COLUMN clusters.lag_seconds IS 'Seconds after the first.';

COMMENT ON TABLE seed_documents IS
  'The seed corpus, without texts.';
COMMENT ON COLUMN seed_documents.seed_id IS 'Hash of the normalised text.';
COMMENT ON COLUMN seed_documents.title IS 'Title.';
COMMENT ON COLUMN seed_documents.language IS 'Language, ISO 639-1.';
COMMENT ON COLUMN seed_documents.word_count IS 'Words in the text.';
COMMENT ON COLUMN seed_documents.content_hash IS 'Hash of the text.';
COMMENT ON COLUMN seed_documents.added_at IS 'When it joined the corpus.';

COMMENT ON TABLE seed_fingerprints IS
  'Hashes of the seed documents.';
COMMENT ON COLUMN seed_fingerprints.seed_id IS 'The seed.';
COMMENT ON COLUMN seed_fingerprints.normal_hash IS 'Hash of the normalised text.';
COMMENT ON COLUMN seed_fingerprints.word_count IS 'Words counted.';
COMMENT ON COLUMN seed_fingerprints.sketch IS 'Hashes that find candidates.';
COMMENT ON COLUMN seed_fingerprints.shingles IS 'Hashes of all 3-word runs.';
COMMENT ON COLUMN seed_fingerprints.numbers IS 'Hashes of all numbers.';
COMMENT ON COLUMN seed_fingerprints.sentences IS 'Hashes of all sentences.';

COMMENT ON TABLE actors IS
  'Actors of the vocabulary.';
COMMENT ON COLUMN actors.actor_id IS 'Short stable name.';
COMMENT ON COLUMN actors.label IS 'Name in English.';
COMMENT ON COLUMN actors.kind IS 'state, gov, mil, person, io ….';
COMMENT ON COLUMN actors.country IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN actors.wikidata_id IS 'Wikidata item.';
COMMENT ON COLUMN actors.plover_code IS 'PLOVER or CAMEO code.';
COMMENT ON COLUMN actors.parent_id IS 'Actor it belongs to.';
COMMENT ON COLUMN actors.valid_from IS 'Since when it exists.';
COMMENT ON COLUMN actors.valid_to IS 'Until when it existed.';

COMMENT ON TABLE topics IS
  'Topics of the vocabulary.';
COMMENT ON COLUMN topics.topic_id IS 'family.leaf, or the family.';
COMMENT ON COLUMN topics.label IS 'Name in English.';
COMMENT ON COLUMN topics.parent_id IS 'Family.';
COMMENT ON COLUMN topics.plover IS 'Nearest PLOVER event type.';
COMMENT ON COLUMN topics.iptc IS 'Nearest IPTC media topic.';

COMMENT ON TABLE places IS
  'Contested places of the vocabulary.';
COMMENT ON COLUMN places.place_id IS 'Neutral id.';
COMMENT ON COLUMN places.label IS 'Neutral label.';
COMMENT ON COLUMN places.country IS 'ISO 3166-1 alpha-2, where there is one.';
COMMENT ON COLUMN places.latitude IS 'Degrees north, WGS 84.';
COMMENT ON COLUMN places.longitude IS 'Degrees east, WGS 84.';

COMMENT ON TABLE mentions IS
  'Where actors are named.';
COMMENT ON COLUMN mentions.article_id IS 'The article.';
COMMENT ON COLUMN mentions.actor_id IS 'The actor.';
COMMENT ON COLUMN mentions.surface IS 'The words as printed.';
COMMENT ON COLUMN mentions.field IS 'title or text.';
COMMENT ON COLUMN mentions.start_char IS 'First code point.';
COMMENT ON COLUMN mentions.end_char IS 'Code point after the last.';
COMMENT ON COLUMN mentions.rule IS 'Rule of the vocabulary that matched.';

COMMENT ON TABLE article_actors IS
  'Actors of an article.';
COMMENT ON COLUMN article_actors.article_id IS 'The article.';
COMMENT ON COLUMN article_actors.actor_id IS 'The actor.';
COMMENT ON COLUMN article_actors.mentions IS 'How often it is named.';
COMMENT ON COLUMN article_actors.salience IS 'How far the article is about it, 0 to 1.';
COMMENT ON COLUMN article_actors.principal IS 'Whether it is a main actor.';
COMMENT ON COLUMN article_actors.day IS 'Day of the article.';

COMMENT ON TABLE article_topics IS
  'Topics of an article.';
COMMENT ON COLUMN article_topics.article_id IS 'The article.';
COMMENT ON COLUMN article_topics.topic_id IS 'The topic.';
COMMENT ON COLUMN article_topics.score IS 'Strength of the evidence.';
COMMENT ON COLUMN article_topics.evidence IS 'The words that are the evidence.';
COMMENT ON COLUMN article_topics.day IS 'Day of the article.';

COMMENT ON TABLE namings IS
  'Which of a place''s contested names an article uses.';
COMMENT ON COLUMN namings.article_id IS 'The article.';
COMMENT ON COLUMN namings.place_id IS 'The place.';
COMMENT ON COLUMN namings.variant IS 'The name used.';
COMMENT ON COLUMN namings.quoted IS 'Inside quotation marks, not in the source''s own voice.';
COMMENT ON COLUMN namings.mentions IS 'How often.';
COMMENT ON COLUMN namings.day IS 'Day of the article.';

COMMENT ON TABLE stories IS
  'One event across languages and outlets.';
COMMENT ON COLUMN stories.article_id IS 'The article.';
COMMENT ON COLUMN stories.story_id IS 'The story: the id of its earliest article.';
COMMENT ON COLUMN stories.score IS
  'Likeness to the nearest article of another language in it, from 0.27 to 1; a copy has that of the text it copies.';

COMMENT ON TABLE story_marks IS
  'What an article can be told by in any language: names, numbers, actors and topics, hashed.';
COMMENT ON COLUMN story_marks.article_id IS 'The article.';
COMMENT ON COLUMN story_marks.language IS 'Its language.';
COMMENT ON COLUMN story_marks.published_at IS 'When it was published.';
COMMENT ON COLUMN story_marks.day IS 'Day of the article.';
COMMENT ON COLUMN story_marks.features IS 'Hashes of what it can be told by.';
COMMENT ON COLUMN story_marks.weights IS 'How much each counts; a vector of length 10,000.';

COMMENT ON TABLE story_links IS
  'Pairs of articles in different languages, at most two days apart, that are alike enough to tell one story.';
COMMENT ON COLUMN story_links.article_id IS 'The one with the smaller id.';
COMMENT ON COLUMN story_links.of_article_id IS 'The other.';
COMMENT ON COLUMN story_links.likeness IS 'Cosine of their marks.';

COMMENT ON TABLE stale_days IS
  'Days that loads left to be counted again; empty in snapshots.';
COMMENT ON COLUMN stale_days.day IS 'Day in the region.';
COMMENT ON COLUMN stale_days.facts IS 'Whether its articles changed, or only how it was seen.';

COMMENT ON TABLE unlinked_stories IS
  'Articles that loads left to be linked with those of nearby days; empty in snapshots.';
COMMENT ON COLUMN unlinked_stories.article_id IS 'The article.';
COMMENT ON TABLE stale_stories IS
  'Articles around which loads left stories to be told anew; empty in snapshots.';
COMMENT ON COLUMN stale_stories.article_id IS 'The article.';

COMMENT ON TABLE forgotten IS
  'Tombstones of what was removed.';
COMMENT ON COLUMN forgotten.url_hash IS 'The article id of what was removed.';
COMMENT ON COLUMN forgotten.forgotten_at IS 'When.';
COMMENT ON COLUMN forgotten.reason IS 'Why.';

COMMENT ON TABLE fingerprints IS
  'What finds equal texts.';
COMMENT ON COLUMN fingerprints.article_id IS 'The article.';
COMMENT ON COLUMN fingerprints.normal_hash IS 'Hash of the normalised text.';

COMMENT ON TABLE sketches IS
  'What finds similar texts.';
COMMENT ON COLUMN sketches.article_id IS 'The article.';
COMMENT ON COLUMN sketches.hash IS 'One of the hashes of its sketch, 40 bits of it.';
COMMENT ON COLUMN sketches.day IS 'Day of the article.';

COMMENT ON TABLE common_hashes IS
  'Hashes in too many articles to tell anything.';
COMMENT ON COLUMN common_hashes.hash IS 'The hash.';

COMMENT ON TABLE applied_batches IS
  'Staged batches that are in.';
COMMENT ON COLUMN applied_batches.batch IS 'Name of the folder.';
COMMENT ON COLUMN applied_batches.sequence IS 'Its place in the order of loading.';

COMMENT ON TABLE source_days IS
  'Articles of a source on a day: the denominators.';
COMMENT ON COLUMN source_days.day IS 'Day in the region.';
COMMENT ON COLUMN source_days.source_id IS 'The outlet.';
COMMENT ON COLUMN source_days.articles IS 'All its articles, relevant or not.';
COMMENT ON COLUMN source_days.relevant IS 'Those that count in views.';

COMMENT ON TABLE poll_days IS
  'Polls of a source on a day.';
COMMENT ON COLUMN poll_days.day IS 'Day in the region.';
COMMENT ON COLUMN poll_days.source_id IS 'The outlet.';
COMMENT ON COLUMN poll_days.polls IS 'Polls of all its feeds.';
COMMENT ON COLUMN poll_days.failed_polls IS 'Those that failed or were refused.';

COMMENT ON TABLE poll_gaps IS
  'From when to when a feed may have lost entries.';
COMMENT ON COLUMN poll_gaps.poll_id IS 'Poll that found the gap.';
COMMENT ON COLUMN poll_gaps.source_id IS 'The outlet.';
COMMENT ON COLUMN poll_gaps.first_day IS 'Day of the last good poll before.';
COMMENT ON COLUMN poll_gaps.last_day IS 'Day of the poll that found it.';

COMMENT ON TABLE topic_days IS
  'Attention to topics by day, source and language.';
COMMENT ON COLUMN topic_days.day IS 'Day in the region.';
COMMENT ON COLUMN topic_days.topic_id IS 'The topic.';
COMMENT ON COLUMN topic_days.source_id IS 'The outlet.';
COMMENT ON COLUMN topic_days.language IS 'Language of the articles.';
COMMENT ON COLUMN topic_days.articles IS 'Relevant articles, copies too.';
COMMENT ON COLUMN topic_days.independent IS 'Clusters among them.';
COMMENT ON COLUMN topic_days.began IS 'Clusters that began with one of them.';

COMMENT ON TABLE family_days IS
  'Attention to families of topics by day, source and language.';
COMMENT ON COLUMN family_days.day IS 'Day in the region.';
COMMENT ON COLUMN family_days.family IS 'What its topics'' ids begin with.';
COMMENT ON COLUMN family_days.source_id IS 'The outlet.';
COMMENT ON COLUMN family_days.language IS 'Language of the articles.';
COMMENT ON COLUMN family_days.articles IS 'Relevant articles, each once, copies too.';
COMMENT ON COLUMN family_days.independent IS 'Clusters among them.';
COMMENT ON COLUMN family_days.began IS 'Clusters that began with one of them.';

COMMENT ON TABLE actor_days IS
  'Attention to actors by day, source and language.';
COMMENT ON COLUMN actor_days.day IS 'Day in the region.';
COMMENT ON COLUMN actor_days.actor_id IS 'The actor.';
COMMENT ON COLUMN actor_days.source_id IS 'The outlet.';
COMMENT ON COLUMN actor_days.language IS 'Language of the articles.';
COMMENT ON COLUMN actor_days.articles IS 'Relevant articles, copies too.';
COMMENT ON COLUMN actor_days.independent IS 'Clusters among them.';
COMMENT ON COLUMN actor_days.began IS 'Clusters that began with one of them.';

COMMENT ON TABLE naming_days IS
  'Names used by day, source and language.';
COMMENT ON COLUMN naming_days.day IS 'Day in the region.';
COMMENT ON COLUMN naming_days.place_id IS 'The place.';
COMMENT ON COLUMN naming_days.variant IS 'The name used.';
COMMENT ON COLUMN naming_days.quoted IS 'Inside quotation marks.';
COMMENT ON COLUMN naming_days.source_id IS 'The outlet.';
COMMENT ON COLUMN naming_days.language IS 'Language of the articles.';
COMMENT ON COLUMN naming_days.articles IS 'Relevant articles, copies too.';
COMMENT ON COLUMN naming_days.independent IS 'Clusters among them.';

COMMENT ON TABLE place_days IS
  'Places with contested names, by whatever name, by day, source and language.';
COMMENT ON COLUMN place_days.day IS 'Day in the region.';
COMMENT ON COLUMN place_days.place_id IS 'The place.';
COMMENT ON COLUMN place_days.source_id IS 'The outlet.';
COMMENT ON COLUMN place_days.language IS 'Language of the articles.';
COMMENT ON COLUMN place_days.articles IS 'Relevant articles, each once, copies too.';
COMMENT ON COLUMN place_days.independent IS 'Clusters among them.';
COMMENT ON COLUMN place_days.began IS 'Clusters that began with one of them.';

COMMENT ON TABLE totals IS
  'Attention over all sources by day, week and month.';
COMMENT ON COLUMN totals.kind IS 'topic, family, actor or naming.';
COMMENT ON COLUMN totals.grain IS 'day, week or month.';
COMMENT ON COLUMN totals.period IS 'First day of the period.';
COMMENT ON COLUMN totals.id IS 'The topic, family, actor or place.';
COMMENT ON COLUMN totals.articles IS 'Relevant articles, copies too.';
COMMENT ON COLUMN totals.independent IS 'Clusters in the period.';
COMMENT ON COLUMN totals.origins IS 'Sources that these clusters began with.';

COMMENT ON TABLE pair_days IS
  'Pairs of actors by day.';
COMMENT ON COLUMN pair_days.day IS 'Day in the region.';
COMMENT ON COLUMN pair_days.actor_a IS 'The first by name.';
COMMENT ON COLUMN pair_days.actor_b IS 'The second.';
COMMENT ON COLUMN pair_days.articles IS 'Relevant articles that name both.';

COMMENT ON TABLE shared_articles IS
  'Relevant articles of clusters that have more than one.';
COMMENT ON COLUMN shared_articles.day IS 'Day of the article.';
COMMENT ON COLUMN shared_articles.source_id IS 'The outlet.';
COMMENT ON COLUMN shared_articles.cluster_id IS 'The cluster.';
COMMENT ON COLUMN shared_articles.canonical IS 'Whether it came first.';
COMMENT ON COLUMN shared_articles.lag_seconds IS 'Seconds after the first.';
COMMENT ON COLUMN shared_articles.origin IS 'The outlet of the first.';
COMMENT ON COLUMN shared_articles.elsewhere IS 'Whether more than one outlet has it.';

COMMENT ON TABLE topic_actor_days IS
  'Attention to actors within topics by day.';
COMMENT ON COLUMN topic_actor_days.day IS 'Day in the region.';
COMMENT ON COLUMN topic_actor_days.topic_id IS 'The topic.';
COMMENT ON COLUMN topic_actor_days.actor_id IS 'The actor.';
COMMENT ON COLUMN topic_actor_days.articles IS 'Relevant articles, copies too.';
COMMENT ON COLUMN topic_actor_days.independent IS 'Clusters among them.';

COMMENT ON TABLE topic_actor_repeats IS
  'Clusters that topic_actor_days counts on more than one day.';
COMMENT ON COLUMN topic_actor_repeats.day IS 'One of these days.';
COMMENT ON COLUMN topic_actor_repeats.topic_id IS 'The topic.';
COMMENT ON COLUMN topic_actor_repeats.actor_id IS 'The actor.';
COMMENT ON COLUMN topic_actor_repeats.cluster_id IS 'The cluster.';

COMMENT ON TABLE pair_weeks IS
  'Pairs of actors by week.';
COMMENT ON COLUMN pair_weeks.week IS 'Monday of the week.';
COMMENT ON COLUMN pair_weeks.actor_a IS 'The first by name.';
COMMENT ON COLUMN pair_weeks.actor_b IS 'The second.';
COMMENT ON COLUMN pair_weeks.articles IS 'Relevant articles that name both.';

COMMENT ON TABLE pair_months IS
  'Pairs of actors by month.';
COMMENT ON COLUMN pair_months.month IS 'First day of the month.';
COMMENT ON COLUMN pair_months.actor_a IS 'The first by name.';
COMMENT ON COLUMN pair_months.actor_b IS 'The second.';
COMMENT ON COLUMN pair_months.articles IS 'Relevant articles that name both.';

COMMENT ON TABLE covered_days IS
  'How far each day was seen.';
COMMENT ON COLUMN covered_days.day IS 'Day in the region.';
COMMENT ON COLUMN covered_days.articles IS 'Articles of all sources.';
COMMENT ON COLUMN covered_days.expected IS 'What the sources with a row that day usually bring.';
COMMENT ON COLUMN covered_days.missing IS 'What the sources in gap usually bring.';
COMMENT ON COLUMN covered_days.gap IS 'Whether a quarter or more is missing.';
COMMENT ON COLUMN covered_days.unseen IS 'Whether nothing at all could be seen.';
COMMENT ON COLUMN covered_days.polled IS 'Whether any feed was polled.';

COMMENT ON TABLE scores IS
  'How unusual a day''s attention was.';
COMMENT ON COLUMN scores.day IS 'Day in the region.';
COMMENT ON COLUMN scores.kind IS 'topic, actor or naming.';
COMMENT ON COLUMN scores.id IS 'The topic, actor or place.';
COMMENT ON COLUMN scores.articles IS 'Relevant articles, copies too.';
COMMENT ON COLUMN scores.independent IS 'Clusters among them.';
COMMENT ON COLUMN scores.expected IS 'What the 28 days before lead one to expect.';
COMMENT ON COLUMN scores.score IS 'Signed root of the likelihood ratio, in standard deviations.';
COMMENT ON COLUMN scores.origins IS 'Sources that the clusters began with.';

COMMENT ON TABLE search_words IS
  'Words that occur in articles.';
COMMENT ON COLUMN search_words.beginning IS 'Its first four letters, by which it is found.';
COMMENT ON COLUMN search_words.word IS 'The word, folded.';
COMMENT ON COLUMN search_words.term IS 'Its number in the postings.';

COMMENT ON TABLE search_documents IS
  'Articles in the search index.';
COMMENT ON COLUMN search_documents.document IS 'Number of the article in the postings.';
COMMENT ON COLUMN search_documents.article_id IS 'The article; empty if it was indexed anew.';
COMMENT ON COLUMN search_documents.words IS 'Its length in words; 0 if it was indexed anew.';

COMMENT ON TABLE postings_recent IS
  'Which words stand in which of the latest articles.';
COMMENT ON COLUMN postings_recent.term IS 'The word.';
COMMENT ON COLUMN postings_recent.document IS 'The article.';
COMMENT ON COLUMN postings_recent.weight IS 'How often, words of the title five times.';

COMMENT ON TABLE postings_sealed IS
  'Which words stand in which articles, sorted by word.';
COMMENT ON COLUMN postings_sealed.term IS 'The word.';
COMMENT ON COLUMN postings_sealed.document IS 'The article.';
COMMENT ON COLUMN postings_sealed.weight IS 'How often, words of the title five times.';

COMMENT ON TABLE alerts IS
  'What the rules of alerts.toml found.';
COMMENT ON COLUMN alerts.alert_id IS 'Depends on the rule, what it found and the day.';
COMMENT ON COLUMN alerts.rule_id IS 'The rule.';
COMMENT ON COLUMN alerts.kind IS 'topic, actor, name or feed.';
COMMENT ON COLUMN alerts.id IS 'The topic, actor, place or feed; * for an outage of most feeds.';
COMMENT ON COLUMN alerts.state IS 'What a feed is: silent, failing, gone, gapped or outage.';
COMMENT ON COLUMN alerts.day IS 'Day in the region it holds of, the last of its window.';
COMMENT ON COLUMN alerts.fired_at IS 'When it was found.';
COMMENT ON COLUMN alerts.measure IS 'burst, share, count, or feed.';
COMMENT ON COLUMN alerts.value IS 'What was measured.';
COMMENT ON COLUMN alerts.threshold IS 'What it had to reach.';
COMMENT ON COLUMN alerts.days IS 'Length of the window.';
COMMENT ON COLUMN alerts.articles IS 'Articles in the window, copies too.';
COMMENT ON COLUMN alerts.independent IS 'Clusters among them.';
COMMENT ON COLUMN alerts.expected IS 'What was to be expected, where that is known.';
COMMENT ON COLUMN alerts.origins IS 'Sources the clusters began with.';
COMMENT ON COLUMN alerts.cited IS 'Articles to show, the most repeated stories first.';
COMMENT ON COLUMN alerts.receipt IS 'Replayed by araxes cite.';

COMMENT ON TABLE alert_deliveries IS
  'Whom each alert was told, and what still waits.';
COMMENT ON COLUMN alert_deliveries.alert_id IS 'The alert.';
COMMENT ON COLUMN alert_deliveries.channel IS 'event, mail or webhook.';
COMMENT ON COLUMN alert_deliveries.state IS 'pending, tried again by the next run, or delivered.';
COMMENT ON COLUMN alert_deliveries.attempts IS 'How often it was tried.';
COMMENT ON COLUMN alert_deliveries.attempted_at IS 'When it was last tried.';
COMMENT ON COLUMN alert_deliveries.error IS 'Why the last attempt failed.';

COMMENT ON TABLE schema_migrations IS
  'Migrations that were run.';
COMMENT ON COLUMN schema_migrations.version IS 'Number.';
COMMENT ON COLUMN schema_migrations.name IS 'File.';
COMMENT ON COLUMN schema_migrations.checksum IS 'Hash of what was run.';

COMMENT ON TABLE schema_views IS
  'The state of views and macros.';
COMMENT ON COLUMN schema_views.checksum IS 'Hash of the files they came from.';

COMMENT ON VIEW attention_by_topic IS
  'Who covers which topic, by day, source and language.';
COMMENT ON COLUMN attention_by_topic.day IS 'Day in the region.';
COMMENT ON COLUMN attention_by_topic.topic_id IS 'The topic.';
COMMENT ON COLUMN attention_by_topic.source_id IS 'The outlet.';
COMMENT ON COLUMN attention_by_topic.language IS 'Language of the articles.';
COMMENT ON COLUMN attention_by_topic.country IS 'Country of the newsroom as of the day.';
COMMENT ON COLUMN attention_by_topic.ownership IS 'Ownership as of the day.';
COMMENT ON COLUMN attention_by_topic.perspective IS 'Perspective as of the day.';
COMMENT ON COLUMN attention_by_topic.articles IS 'Relevant articles, copies too.';
COMMENT ON COLUMN attention_by_topic.independent IS 'Clusters among them.';
COMMENT ON COLUMN attention_by_topic.source_articles IS
  'All articles of that source that day, relevant or not.';
COMMENT ON COLUMN attention_by_topic.share IS 'articles / source_articles.';

COMMENT ON VIEW attention_by_actor IS
  'Who covers which actor, by day, source and language.';
COMMENT ON COLUMN attention_by_actor.day IS 'Day in the region.';
COMMENT ON COLUMN attention_by_actor.actor_id IS 'The actor.';
COMMENT ON COLUMN attention_by_actor.source_id IS 'The outlet.';
COMMENT ON COLUMN attention_by_actor.language IS 'Language of the articles.';
COMMENT ON COLUMN attention_by_actor.country IS 'Country of the newsroom as of the day.';
COMMENT ON COLUMN attention_by_actor.ownership IS 'Ownership as of the day.';
COMMENT ON COLUMN attention_by_actor.perspective IS 'Perspective as of the day.';
COMMENT ON COLUMN attention_by_actor.articles IS 'Relevant articles, copies too.';
COMMENT ON COLUMN attention_by_actor.independent IS 'Clusters among them.';
COMMENT ON COLUMN attention_by_actor.source_articles IS
  'All articles of that source that day, relevant or not.';
COMMENT ON COLUMN attention_by_actor.share IS 'articles / source_articles.';

COMMENT ON VIEW attention_by_naming IS
  'Who uses which name, by day, source and language.';
COMMENT ON COLUMN attention_by_naming.day IS 'Day in the region.';
COMMENT ON COLUMN attention_by_naming.place_id IS 'The place.';
COMMENT ON COLUMN attention_by_naming.variant IS 'The name used.';
COMMENT ON COLUMN attention_by_naming.quoted IS 'Inside quotation marks.';
COMMENT ON COLUMN attention_by_naming.source_id IS 'The outlet.';
COMMENT ON COLUMN attention_by_naming.language IS 'Language of the articles.';
COMMENT ON COLUMN attention_by_naming.country IS 'Country of the newsroom as of the day.';
COMMENT ON COLUMN attention_by_naming.ownership IS 'Ownership as of the day.';
COMMENT ON COLUMN attention_by_naming.perspective IS 'Perspective as of the day.';
COMMENT ON COLUMN attention_by_naming.articles IS 'Relevant articles, copies too.';
COMMENT ON COLUMN attention_by_naming.independent IS 'Clusters among them.';
COMMENT ON COLUMN attention_by_naming.source_articles IS
  'All articles of that source that day, relevant or not.';
COMMENT ON COLUMN attention_by_naming.share IS 'articles / source_articles.';

COMMENT ON VIEW coverage IS
  'Whether each source could be seen on each day.';
COMMENT ON COLUMN coverage.day IS 'Day in the region.';
COMMENT ON COLUMN coverage.source_id IS 'The outlet.';
COMMENT ON COLUMN coverage.polls IS 'Polls of all its feeds.';
COMMENT ON COLUMN coverage.failed_polls IS 'Those that failed or were refused.';
COMMENT ON COLUMN coverage.gap IS
  'Whether entries may be lost, or no poll succeeded and nothing came.';
COMMENT ON COLUMN coverage.articles IS 'All its articles.';

COMMENT ON VIEW day_coverage IS
  'Whether enough could be seen on each day of the record.';
COMMENT ON COLUMN day_coverage.day IS 'Day in the region.';
COMMENT ON COLUMN day_coverage.articles IS 'Articles of all sources.';
COMMENT ON COLUMN day_coverage.missing IS 'What the sources in gap usually bring.';
COMMENT ON COLUMN day_coverage.gap IS 'Whether a quarter or more is missing.';
COMMENT ON COLUMN day_coverage.unseen IS 'Whether nothing at all could be seen.';

COMMENT ON VIEW bursts IS
  'Days of far more attention than expected.';
COMMENT ON COLUMN bursts.day IS 'Day in the region.';
COMMENT ON COLUMN bursts.kind IS 'topic, actor or naming.';
COMMENT ON COLUMN bursts.id IS 'The topic, actor or place.';
COMMENT ON COLUMN bursts.articles IS 'Relevant articles, copies too.';
COMMENT ON COLUMN bursts.independent IS 'Clusters among them.';
COMMENT ON COLUMN bursts.expected IS 'What the 28 days before lead one to expect.';
COMMENT ON COLUMN bursts.score IS 'Signed root of the likelihood ratio, in standard deviations.';
COMMENT ON COLUMN bursts.origins IS 'Sources that the clusters began with.';

COMMENT ON VIEW co_mentions IS
  'Pairs of actors by day.';
COMMENT ON COLUMN co_mentions.day IS 'Day in the region.';
COMMENT ON COLUMN co_mentions.actor_a IS 'The first by name.';
COMMENT ON COLUMN co_mentions.actor_b IS 'The second.';
COMMENT ON COLUMN co_mentions.articles IS 'Relevant articles that name both.';

COMMENT ON VIEW reprints IS
  'Each copy beside the article that came first.';
COMMENT ON COLUMN reprints.cluster_id IS 'The cluster.';
COMMENT ON COLUMN reprints.original_article_id IS 'The article that came first.';
COMMENT ON COLUMN reprints.original_source_id IS 'Its outlet.';
COMMENT ON COLUMN reprints.copy_article_id IS 'The copy.';
COMMENT ON COLUMN reprints.copy_source_id IS 'Its outlet.';
COMMENT ON COLUMN reprints.kind IS 'How it repeats: url, exact or near.';
COMMENT ON COLUMN reprints.similarity IS 'Jaccard index of 3-word runs.';
COMMENT ON COLUMN reprints.lag_seconds IS 'Seconds after the first.';

COMMENT ON VIEW divergence IS
  'How perspectives treat a topic in a week.';
COMMENT ON COLUMN divergence.week IS 'Monday of the week.';
COMMENT ON COLUMN divergence.topic_id IS 'The topic.';
COMMENT ON COLUMN divergence.perspective IS 'Whose public the sources address.';
COMMENT ON COLUMN divergence.articles IS 'Relevant articles, copies too.';
COMMENT ON COLUMN divergence.share IS 'Of all that these sources published.';
COMMENT ON COLUMN divergence.languages IS 'Languages they wrote in.';
COMMENT ON COLUMN divergence.first_day IS 'Their first article of the week.';
COMMENT ON COLUMN divergence.was_first IS 'Whether no other perspective was earlier.';
COMMENT ON COLUMN divergence.silent IS
  'Nothing on what three others covered, though its healthy sources published 20 articles or more.';

COMMENT ON VIEW feed_health IS
  'How each feed is.';
COMMENT ON COLUMN feed_health.feed_id IS 'The feed.';
COMMENT ON COLUMN feed_health.source_id IS 'The outlet.';
COMMENT ON COLUMN feed_health.state IS 'active, backing_off, gone or disabled.';
COMMENT ON COLUMN feed_health.last_success_at IS 'When it was last read.';
COMMENT ON COLUMN feed_health.success_rate_7d IS 'Share of polls that worked in the last 7 days.';
COMMENT ON COLUMN feed_health.articles_7d IS 'Articles it brought in 7 days.';
COMMENT ON COLUMN feed_health.expected_7d IS 'What it should bring in 7 days.';
COMMENT ON COLUMN feed_health.verdict IS
  'ok, unsteady, low, high, silent, failing, unpolled, gone or disabled.';

COMMENT ON VIEW ledger IS
  'What became of the entries of each run.';
COMMENT ON COLUMN ledger.run_id IS 'The run.';
COMMENT ON COLUMN ledger.state IS 'State of the entries when it ended.';
COMMENT ON COLUMN ledger.items IS 'How many.';

COMMENT ON VIEW assert_ids IS
  'Ids that occur twice: must be empty.';
COMMENT ON COLUMN assert_ids.name IS 'Table.';
COMMENT ON COLUMN assert_ids.id IS 'The id.';

COMMENT ON VIEW assert_ledger IS
  'Feeds whose new entries are not all in the ledger: must be empty.';
COMMENT ON COLUMN assert_ledger.name IS 'Run.';
COMMENT ON COLUMN assert_ledger.id IS 'Feed.';

COMMENT ON VIEW assert_clusters IS
  'Articles without a cluster, clusters without one first article: must be empty.';
COMMENT ON COLUMN assert_clusters.name IS 'What is wrong.';
COMMENT ON COLUMN assert_clusters.id IS 'Where.';

COMMENT ON VIEW assert_marts IS
  'Days whose mart differs from the facts: must be empty.';
COMMENT ON COLUMN assert_marts.name IS 'Mart.';
COMMENT ON COLUMN assert_marts.id IS 'Day.';
