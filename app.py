import streamlit as st

from ui import shell
from ui.uploads import limited

if __name__ == "__main__":  # a page for a visitor
    shell.run()
else:  # the server, which is made of this file once
    app = st.App(__file__, middleware=limited())
