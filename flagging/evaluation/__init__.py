"""How well checks and scorers do on files of translations whose errors are known. Pure: no Django, no database."""
