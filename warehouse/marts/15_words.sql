-- How words are made comparable, in articles and in questions alike: case, diacritics and the
-- letters that keyboards vary in are folded.
CREATE OR REPLACE MACRO folded(words) AS
  translate(replace(lower(strip_accents(words)), 'և', 'եւ'), 'əıўґєіїيكىةۀ', 'eiугеииیکیهه');

CREATE OR REPLACE MACRO words_of(words) AS
  regexp_extract_all(folded(words), '[\p{L}\p{N}]+');

-- What may follow a stem inside one word: the closed classes of the tagger, joined by script, over
-- folded letters. Latin takes the endings of English, Azerbaijani and Turkish.
CREATE OR REPLACE MACRO endings(word) AS
  CASE
    WHEN word < '{' THEN
      '(?:ing|ed)?(?:e?s)?|(?:l[iu])?(?:l[ae]r)?(?:[iu]m(?:[iu]z)?|[iu]n(?:[iu]z)?|s?[iu])?(?:n?[iu]n|[yn]?[ae]|[yn]?[iu]|n?[dt][ae]n?|y?l[ae]|c[ae]|n?[dt][ae]ki(?:l[ae]r)?(?:n?[iu]n?|[ae])?)?(?:[dt][iu]r)?'
    WHEN word BETWEEN 'а' AND 'ӿ' THEN
      '(?:ск)?(?:ыи|ии|ие|ые|ее|ое|ая|яя|ую|юю|ои|еи|ого|его|ому|ему|им|ым|их|ых|ими|ыми)|а|я|о|е|у|ю|ы|и|ь|ою|ею|ом|ем|ам|ям|ами|ями|ах|ях|ов|ев|ью|ья|ье|иях|иям|иеи|ин(?:а|у|ом|е|ы)?|к(?:а|е|у|и|ои|ам|ами|ах)|ок|ц(?:ы|ев|ам|ами|ах|а|у|ем|е)|ец|'
    WHEN word BETWEEN 'ա' AND 'և' THEN
      '(?:ցի|ական|եան|յան)?(?:ներ|եր)?(?:յ?ի|յ|ու|ույ|ոյ)?(?:ց|ից|էն|են|ով|ում|ին|ն|ը|ս|դ|ի|ու|իս)?ն?'
    WHEN word BETWEEN 'ა' AND 'ჿ' THEN
      '(?:ელ|ულ|ურ|იელ)?(?:ებ)?(?:ი|მა|მ|სა|ს|ისა|ის|ით|ითა|ად|ა|ო|ოს|ას|თა|თ|ნი)?(?:ში|ზე|თან|დან|გან|თვის|კენ|მდე|ებრ|ვით|ვე)?(?:ცა|ც|ვე|ა|ო)?'
    WHEN word BETWEEN 'ء' AND 'ۿ' THEN '(?:ی|ها|های|هایی|ان|یان|ای|ایی|یی|ش|م|یها)?'
    ELSE ''
  END;

-- The words of a question. Articles are split at apostrophes and joiners, and "de", "s" or "ها" must
-- not be asked for on their own: Bakü'de, Armenia's, پیمان‌ها. Other classes than those of words_of,
-- which take milliseconds to read.
CREATE OR REPLACE MACRO asked_words(words) AS
  words_of(regexp_replace(
    regexp_replace(
      folded(words), '([^\s[:punct:]]{3})[''’ʼ‘][^\s[:punct:]\x{2000}-\x{206F}«»]+', '\1', 'g'
    ),
    '(?:\x{200C}(?:ها(?:یی?|یش|یشان)?|ای|تر|ترین|ی|ام|ات|اش))+([^ء-ۿ\x{200C}]|$)', '\1', 'g'
  ));

-- The stems a word may have: its beginnings of four letters or more that an ending completes.
CREATE OR REPLACE MACRO stems(word) AS
  CASE WHEN length(word) < 4 THEN [word] ELSE list_filter(
    [word[1:n] FOR n IN range(4, length(word) + 1)],
    lambda part : regexp_full_match(word[length(part) + 1:], endings(word))
  ) END;
