"""What a visitor sends straight to where Streamlit takes files."""

import requests

from gan import ownership
from tests.websocket.visitor import Visitor
from ui.roles import COOKIE


def test_a_stranger_sends_no_more_than_a_picture(serve, own_folders):
    with serve(own_folders) as address, Visitor(address, host="forger.test") as visitor:
        visitor.run("generate")
        host = address.replace("http://127.0.0.1", "forger.test")

        def send(megabytes, cookie=""):
            asked = requests.get(f"{address}/_stcore/health", headers={"Host": host})
            xsrf = asked.cookies.get("_streamlit_xsrf", "")
            answer = requests.put(
                f"{address}/_stcore/upload_file/{visitor.session}/1",
                files={"file": ("a.zip", bytes(megabytes * 2**20))},
                headers={"Host": host, "X-Xsrftoken": xsrf, "Cookie": f"_streamlit_xsrf={xsrf}; {cookie}"},
            )
            return answer.status_code

        metrics = f"{address}/_stcore/metrics"
        assert requests.get(metrics, headers={"Host": host}).status_code == 404  # names of what the server keeps
        assert requests.get(metrics).status_code == 200
        assert send(10) == 204
        assert send(30) == 413
        assert send(30, f"{COOKIE}={ownership.open_session(ownership.token())}") == 204
