"""The app inside another site's page: a browser holds its cookies back there."""

import functools
import http.server
import threading

import pytest

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100"
    "18dd8db00000000049454e44ae426082"
)


@pytest.fixture
def frame(tmp_path):
    """Serves a page of another site with a frame in it: gives a function from the framed address to the page's."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def embed(address):
        (tmp_path / "index.html").write_text(f'<iframe src="{address}" width="1200" height="900"></iframe>')
        return f"http://localhost:{server.server_port}/"  # of another site than 127.0.0.1

    yield embed
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("embedded", [True, False])
def test_uploads_go_through_where_the_owner_says_so(page, serve, frame, tmp_path, write_redrawing, embedded):
    write_redrawing(tmp_path / "checkpoints" / "sketches")
    said = {"FORGER_EMBEDDED": "yes" if embedded else "no", "FORGER_HOSTS": "127.0.0.1"}
    with serve(tmp_path, ("ui.serve", "--server.address=127.0.0.1"), **said) as address:
        page.goto(frame(f"{address}/redraw?bring=upload"))
        inside = page.frame_locator("iframe")
        inside.get_by_role("link", name="Open in its own tab").wait_for()
        inside.get_by_text("Upload", exact=True).first.click()
        with page.expect_response(lambda answer: "upload_file" in answer.url and answer.request.method == "PUT") as put:
            inside.locator("input[type=file]").first.set_input_files(
                {"name": "a.png", "mimeType": "image/png", "buffer": PNG}
            )
        assert (put.value.status == 403) != embedded


def test_a_page_by_itself_offers_no_tab(page, serve, tmp_path, write_redrawing):
    write_redrawing(tmp_path / "checkpoints" / "sketches")
    with serve(tmp_path) as address:
        page.goto(f"{address}/redraw")
        page.get_by_text("Your turn").wait_for()
        assert not page.get_by_text("Open in its own tab").is_visible()
