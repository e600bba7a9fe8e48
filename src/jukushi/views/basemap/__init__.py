"""The paper under the campaign maps: land, water, ways, colours and the placing of names."""
