"""A GAN small enough to see through: points in the plane, in each visitor's own browser."""

from ui import shell

shell.ensure()  # before anything slow is imported

import streamlit as st

from ui import share
from ui.classroom import points

st.title("A GAN you can see through", anchor=False)
st.markdown(
    "The same game with **points** instead of pictures. The forger turns random numbers into points (red squares); the "
    "real ones are green and round. The colour of the plane is what the **inspector** believes there: green real, red "
    "forged. Each arrow shows where a forged point would have to go to look more real. All of it runs in your browser."
)
points.show(key="points")
share.link("points")

with st.expander("What to try, and what to look for", icon=":material/school:"):
    st.markdown(
        """
- **Step, then look.** *Inspector only* repaints the plane: it learns where forgeries are. *Forger only* moves the red
  points along their arrows, towards green. One after the other, that is all there is to a GAN.
- **Teach the inspector alone** twenty times. The plane splits into two colours with a sharp border, and far from it
  the arrows say little: a forger learns from the slope of the verdict, not from the verdict.
- **Make it collapse.** With a forger that is far too quick for its inspector all red points run to one blob together,
  and when the inspector has followed them, to the next. Each of them fools the inspector for a moment; nothing in the
  forger's loss asks for variety.
- **Cure it**: gentle rates, a loss that compares real and forged points (*relativistic*), and **R1**, which keeps the
  plane smooth where real points are. The same networks find all blobs again: collapse is not final.
- **Two numbers near one half** say that the inspector can only guess. Look at the points before you believe that they
  are good.
- The two networks have two hidden layers of 24 leaky ReLUs each; pictures take millions of numbers, and the same
  arithmetic.
        """
    )
