"""Writers of release files. They import no Django and know rows only as mappings."""
