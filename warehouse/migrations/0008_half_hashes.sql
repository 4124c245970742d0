-- Of a text's hashes 32 bits are enough to look candidates up; they are the most of the index.

ALTER TABLE sketches ALTER hash TYPE UINTEGER USING CAST(hash & 4294967295 AS UINTEGER);
ALTER TABLE common_hashes ALTER hash TYPE UINTEGER USING CAST(hash & 4294967295 AS UINTEGER);
