"""The leak radar's walk through the whole site. The words it looks for come from events/night/."""
