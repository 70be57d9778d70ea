"""A lesson for a class: eight ideas, each predicted, tried and explained."""

from ui import shell

shell.ensure()  # before anything slow is imported

import streamlit as st

from ui import address, messages
from ui.classroom import lesson
from ui.classroom.lesson_plan import STEPS

st.title("A lesson in eight steps", anchor=False)
messages.show_kept()
lesson.arrive()
with (
    st.container(horizontal=True, vertical_alignment="center"),
    address.kept(lesson.KEY, 1, address.within(1, len(STEPS))),
):
    number = st.pagination(len(STEPS), max_visible_pages=len(STEPS), key=lesson.KEY, on_change=lesson.choose_by_oneself)
    lesson.link(number)
lesson.keep_following()
address.write()
lesson.lead(number)
lesson.follow(number)
lesson.show(number)
lesson.glossary()
