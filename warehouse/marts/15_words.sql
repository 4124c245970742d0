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

-- Three sets for stems that so many words begin with, or that are a guess: what may follow a stem of
-- three letters (not "ին", which makes "about", մասին, of "part"), with which letters that begins,
-- and what may follow a stem that turned.
CREATE OR REPLACE MACRO closer_endings(word) AS
  CASE
    WHEN word < '{' THEN ['s?', 's', '(?:s|d|ing)?']
    WHEN word BETWEEN 'а' AND 'ӿ' THEN
      ['(?:а|е|и|у|ы|ю|ою|ом|ем|еи|ов|ев|ам|ами|ах)?', 'аеиуыюо', '']
    WHEN word BETWEEN 'ա' AND 'և' THEN [
      '(?:ն?եր)?(?:ի|ից|ով|ում|ը|ն)?', 'նեիոը',
      '(?:եր)?(?:ի|ից|ով|ում|ին|իս|իդ)ն?|եր(?:ը|ն|ս|դ)?|ուն?|(?:ներ(?:ի|ից|ով|ում|ին)?)?[ընսդ]?'
    ]
    WHEN word BETWEEN 'ა' AND 'ჿ' THEN [
      '(?:ებ)?(?:ი|ა|მა|ი?ს(?:ა|თან|გან|თვის|კენ)?|ი?თ|ი?დან|ად|ამდე|ში|ზე)ც?', 'ეიამსთდშზ',
      '(?:ებ)?(?:ისა?|ითა?|ად|იდან|ამდე)?(?:თან|გან|თვის|კენ)?ც?|(?:ებ)?(?:ი|ა?(?:მ|მა|სა?|სთან|ში|ზე)?)ც?'
    ]
    WHEN word BETWEEN 'ء' AND 'ۿ' THEN ['(?:ها(?:یی?|یش|یشان)?)?', 'ه', '']
    ELSE ['', '', '']
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

-- The stems a word may have: its beginnings of three letters or more that an ending completes.
CREATE OR REPLACE MACRO stems(word, endings, short) AS
  list_filter(
    [word[1:n] FOR n IN range(least(3, length(word)), length(word) + 1)],
    lambda part : part = word
      OR regexp_full_match(word[length(part) + 1:], if(length(part) > 3, endings, short))
  );

-- How a stem turns before an ending, told as "stem|ending": treaty and treaties; vowels that Armenian
-- and Georgian leave out (կամուրջ, կամրջի; დერეფანი, დერეფნის), and those put in again. Stems are
-- long, or "house" (სახლის) would find "name" (სახელი). What does not turn keeps its bar, so that no
-- word begins with it.
CREATE OR REPLACE MACRO turned(told) AS
  CASE
    WHEN told < '{' THEN [
      regexp_replace(told, '^(.+[^aeiou])y\|.*', '\1ie'),
      regexp_replace(told, '^(..+)ie[sd]\|$', '\1y')
    ]
    WHEN told BETWEEN 'ա' AND 'և' THEN [
      regexp_replace(told, '^(..+[^աեէըիոօւ])(?:ու|ի)([^աեէըիոօւ|]{1,2})\|.*', '\1\2'),
      regexp_replace(told, '^(..+[^աեէըիոօւ])([^աեէըիոօւ]{2})\|(?:[իոե]|ներ).*', '\1ու\2')
    ] || [
      regexp_replace(
        told, '^(..+[^աեէըիոօւ])([^աեէըիոօւ])\|(?:[իոե]|ներ).*', '\1' || vowel || '\2'
      ) FOR vowel IN ['ու', 'ի']
    ]
    WHEN told BETWEEN 'ა' AND 'ჿ' THEN [
      regexp_replace(told, '^(...+[^აეიოუ])[აეო]([ლრნმ])\|.*', '\1\2')
    ] || [
      regexp_replace(
        told, '^(...+[^აეიოუ])([ლრნმ])\|(?:ებ|ი[სთდ]|ად|ამ).*', '\1' || vowel || '\2'
      ) FOR vowel IN ['ა', 'ე', 'ო']
    ]
    ELSE []
  END;
