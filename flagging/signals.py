"""What flagging tells the rooms after it: ids only, sent after commit."""

from django.dispatch import Signal

# pass_id, benchmark_id, language (tag): every chunk of the pass is done.
pass_finished = Signal()
