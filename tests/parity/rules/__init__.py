"""One scenario for each rule of Crafter. `RULES` lists them all."""
from . import chance, creatures, life, player  # noqa: F401  each fills the list
from .stage import RULES, Seen  # noqa: F401
