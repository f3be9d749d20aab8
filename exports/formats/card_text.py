"""The standing prose of the dataset card."""

from string import Template

HOW_TO_READ = Template("""\
## How to read it

```python
from datasets import load_dataset
split = load_dataset("path/to/this/folder", "$language", split="test")
```

- A config a language, with the 17 columns of Global-MMLU. Columns 10–15 are Python lists written as text:
  read them with `ast.literal_eval`. Their lists are not aligned with each other.
- `$provenance`: one row for every row of every language, keyed by `sample_id` and `language`: who verified
  it (professional, community, none), how its text was chosen, and how far it was edited. Edit distance is
  Levenshtein over code points, from the text as imported to the text released; normalised by the longer one.
- `$annotations`: every judgement that was submitted, one a row, by pseudonym (no such config where there is
  none). `current` says whether it counts, `state` why not: corrected, retracted, stale (its text was
  replaced), sent_back, extra (it came so late that others had taken its place). Notes and edited texts stand as
  their authors wrote them. Votes that were published elsewhere before are in columns 10–15 alone, and come first
  there.
- Spans are half-open code-point offsets into the question in the source language.
- Parquet and JSONL are exact. In CSV files a cell that a spreadsheet would run as a formula, and one that
  starts with `'`, has a `'` put before it: take one leading `'` off each cell for the exact text.

## By which rules

- Text rule $text_rule: the settled text; else the single or unanimous verified text; else the text as
  imported. Rows that were rejected or sent back, or judged differently and not settled, carry the text as
  imported and are never counted as verified. `outdated` rows are translations of a source text that was
  replaced: nobody looked at them since, and their answer may be another one by now.
- Label rule $label_rule: a tag (cultural, regional, dialect) holds when at least half of the voters chose it;
  `CS` when any tag holds, else `CA`; `-` with fewer than three voters. A published label stands as long as no
  vote was added to it. Published votes on a text that was replaced since take no part.
- Guidelines $guidelines, code $code.
""")
