"""The networks: what the forger draws with and what the inspector looks with."""
