"""Lines along which a map of probabilities has a given level."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from contourpy import LineType, contour_generator

from jukushi.questions.inverse import angular

__all__ = ["contours"]

Array = npt.NDArray[np.float64]


def contours(x: Array, y: Array, chances: Array, level: float) -> list[list[list[float]]]:
    """Return the polylines of one level.

    Between the points of the grid the map is joined on the angular scale, as curves are
    (`jukushi.questions.inverse`). The map is that of the estimates: a line is no sharper than the
    interval of the threshold beside it.

    Parameters
    ----------
    x : float64[n_x]
    y : float64[n_y]
    chances : float64[n_y, n_x]
    level : float

    Returns
    -------
    list of lines, each a list of [x, y]
    """
    drawn = contour_generator(x, y, angular(chances), line_type=LineType.Separate)
    lines = drawn.lines(float(angular(level)))
    return [np.asarray(line, np.float64).tolist() for line in lines]
