"""What a set of translations teaches about itself, and what verdicts teach on top of it.

Pure: nothing here imports Django or torch. numpy, scipy and scikit-learn are imported at the top of
these modules, so callers in the web process import them when they are used, not at start.
"""
