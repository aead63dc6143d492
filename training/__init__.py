"""How a model earns its place: splits, training, evaluation, gates and the registry."""
