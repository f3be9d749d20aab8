"""What the corpus tells the rooms after it: ids only, sent after commit."""

from django.dispatch import Signal

# import_id, benchmark_id, language (tag): texts arrived or were replaced.
versions_imported = Signal()
# import_id, benchmark_id, language (tag): some current texts are no longer the ones that were judged.
versions_replaced = Signal()
