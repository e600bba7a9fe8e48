"""The war on the map: one campaign, day by day, in ordinary code with branches."""
