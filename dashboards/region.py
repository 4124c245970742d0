"""The map's geometry: shores drawn by hand, coarse. No borders: they are what is contested."""

from dashboards.charts import City, Shore

# corners as (longitude, latitude), degrees
BLACK_SEA = (
    (34.0, 45.3), (36.6, 45.3), (37.8, 44.7), (39.1, 44.1), (39.7, 43.6), (40.2, 43.3),
    (41.0, 43.0), (41.5, 42.7), (41.55, 42.4), (41.65, 42.15), (41.6, 41.65), (41.4, 41.4),
    (40.5, 41.05), (39.7, 41.0), (38.4, 40.92), (37.9, 41.0), (36.35, 41.3), (34.0, 42.0),
)  # fmt: skip
CASPIAN = (
    (54.0, 45.5), (47.6, 45.5), (47.0, 44.5), (47.5, 43.8), (47.5, 43.0), (48.3, 42.06),
    (48.8, 41.7), (49.15, 41.05), (49.7, 40.6), (50.4, 40.4), (49.9, 40.3), (49.4, 39.95),
    (49.45, 39.3), (48.9, 38.75), (48.88, 38.4), (49.45, 37.48), (50.0, 37.4), (50.7, 36.9),
    (54.0, 36.7),
)  # fmt: skip
SEVAN = ((44.95, 40.55), (45.2, 40.6), (45.6, 40.2), (45.35, 40.15), (45.1, 40.35))
VAN = ((42.4, 38.5), (42.9, 38.75), (43.5, 38.95), (43.35, 38.6), (43.1, 38.35), (42.6, 38.35))
URMIA = ((45.1, 38.1), (45.6, 38.0), (45.75, 37.5), (45.5, 37.2), (45.3, 37.6))
WATERS = {
    "Black Sea": BLACK_SEA, "Caspian": CASPIAN, "Sevan": SEVAN, "Van": VAN, "Urmia": URMIA,
}  # fmt: skip
CITIES = (
    City("Tbilisi", 44.80, 41.70),
    City("Yerevan", 44.51, 40.18),
    City("Baku", 49.87, 40.41),
    City("Batumi", 41.64, 41.65),
    City("Gyumri", 43.85, 40.79),
    City("Nakhchivan", 45.41, 39.21),
    City("Tabriz", 46.30, 38.08),
    City("Kars", 43.10, 40.60),
)


def shores() -> tuple[Shore, ...]:
    """Give the corners of all waters, each closed."""
    return tuple(
        Shore(water, corner, longitude, latitude)
        for water, corners in WATERS.items()
        for corner, (longitude, latitude) in enumerate((*corners, corners[0]))
    )
