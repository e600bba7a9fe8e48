"""The sheet: from longitude and latitude to kilometres, and back.

Lambert's conformal conic projection on a sphere: angles are true, so that arrows point where
armies go, and between the two parallels the scale is within two percent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["NORTH_EAST_ASIA", "RADIUS_KM", "Conic"]

#: A sphere with the mean radius of the Earth; the ellipsoid would move places by a few
#: kilometres, less than the coordinates are good for.
RADIUS_KM = 6371.0088

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Conic:
    """Lambert's conformal conic projection with two standard parallels.

    Parameters
    ----------
    lat_1, lat_2 : float
        Parallels along which the scale is true, degrees.
    lat_0, lon_0 : float
        The point at (0, 0) km, degrees.
    """

    lat_1: float
    lat_2: float
    lat_0: float
    lon_0: float

    @cached_property
    def cone(self) -> float:
        """Constant of the cone: degrees of its unrolled angle for one of longitude."""
        one, two = np.radians([self.lat_1, self.lat_2])
        return float(np.log(np.cos(one) / np.cos(two)) / np.log(_stretch(two) / _stretch(one)))

    @cached_property
    def _factor(self) -> float:
        one = np.radians(self.lat_1)
        return float(RADIUS_KM * np.cos(one) * _stretch(one) ** self.cone / self.cone)

    def _ring(self, lat: ArrayLike) -> Floats:
        """Distance of a parallel from the tip of the cone, km."""
        return np.asarray(self._factor / _stretch(np.radians(lat)) ** self.cone)

    def forward(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
        """Kilometres east and north of the origin."""
        ring = self._ring(lat)
        angle = self.cone * np.radians(np.asarray(lon, dtype=float) - self.lon_0)
        return ring * np.sin(angle), self._ring(self.lat_0) - ring * np.cos(angle)

    def inverse(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Longitude and latitude of a point of the sheet."""
        east = np.asarray(x, dtype=float)
        south = self._ring(self.lat_0) - np.asarray(y, dtype=float)
        stretch = (self._factor / np.hypot(east, south)) ** (1.0 / self.cone)
        lat = np.degrees(2.0 * np.arctan(stretch) - np.pi / 2)
        lon = self.lon_0 + np.degrees(np.arctan2(east, south)) / self.cone
        return np.asarray(lon), np.asarray(lat)

    def scale(self, lat: ArrayLike) -> Floats:
        """Kilometres of the sheet for one of the ground, along a parallel."""
        ground = RADIUS_KM * np.cos(np.radians(lat))
        return np.asarray(self.cone * self._ring(lat) / ground)


def _stretch(lat: ArrayLike) -> Floats:
    return np.asarray(np.tan(np.pi / 4 + np.asarray(lat, dtype=float) / 2))


#: The sheet of all maps of North-East Asia.
NORTH_EAST_ASIA = Conic(lat_1=38.0, lat_2=56.0, lat_0=46.0, lon_0=128.0)
