"""What flagging tells the rooms after it: ids only, sent after commit."""

from django.dispatch import Signal

# pass_id, benchmark_id, language (tag): every chunk of the pass is done.
pass_finished = Signal()

# workspace_id: what has been judged since is about to be learned from; receivers write it down at once.
verdicts_wanted = Signal()
