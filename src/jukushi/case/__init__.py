"""What the user wrote: a case folder, read safely, checked whole, and kept with its lines."""

from jukushi.case.load import Case, find_case, list_cases, load_case

__all__ = ["Case", "find_case", "list_cases", "load_case"]
