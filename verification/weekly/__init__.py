"""The weekly layer a second time, in plain NumPy, written from the documents alone.

One file per page of ``docs/mechanisms``. Nothing of ``jukushi.mechanisms``, ``doctrines`` or
``engine`` is imported: what both share are the files of the case, the *values* of the parameter
draws (`jukushi.world.parameters`) and the *names* of state fields and dice. Calendar, schedules,
random numbers, expressions of the tables and all equations are written again, in double
precision, over arrays of histories.

Where a page did not suffice the page was mended; docs/verification.md lists those places.
"""
