"""Exercises on derivatives, with a checker that says what is wrong.

    python -m autograd.exercises start          writes the exercises into a folder
    python -m autograd.exercises watch          checks each one as you save it

In a notebook, define the functions that an exercise asks for and pass them by name:

    from autograd import exercises
    exercises.show("sigmoid")
    exercises.check("sigmoid", sigmoid_vjp=sigmoid_vjp)

`Lesson` keeps track of a sitting, with hints, solutions and progress.
"""

from __future__ import annotations

from .lesson import Lesson, check, show

__all__ = ["Lesson", "check", "show"]
