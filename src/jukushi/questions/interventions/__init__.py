"""What a question may do to a world, from a text to a world.

::

    acts            what is done in every world of a question: attack@1941-08-29
    grammar         the texts of --set, --move, --add and --rule, read by their form alone
    names           what a name stands for in a case: factor, lever, parameter
    values          the value of a parameter: set, scaled, moved or given another distribution
    events          dated events of a case, and calendars in which they are moved
    stocks          forces and stocks that may be added to at a date
    rules           gates shifted and conditions replaced
    script          dated acts of a power that decides by a script
    calendars       an edited calendar, held to the rules of the case
    parts, plan     one item turned into what it does; all of them, and what is asked
    contradictions  what is refused before anything is run
    dependencies    what acts only with, or comes only after, something else
    worlds          the world without and the world with the intervention
    probes          what must be looked up in histories: idle changes, stocks too small
"""

from jukushi.questions.interventions.acts import ACTS, changes_of, refuse_given

__all__ = ["ACTS", "changes_of", "refuse_given"]
