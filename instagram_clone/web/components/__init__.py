"""Pure functions of Vars that return components. They show; they decide nothing."""
