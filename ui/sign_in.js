// The owner's link ends in "#owner=TOKEN": what stands behind "#" reaches no server, log or proxy. It leaves the address
// and the history at once. The key of the session that Python opens for it lies in a cookie.
let tell = null;

function look() {
  const token = /^#owner=([\w-]+)$/.exec(window.location.hash)?.[1];
  if (!token || !tell) return;
  window.history.replaceState(window.history.state, "", window.location.pathname + window.location.search);
  tell(token);
}

window.addEventListener("hashchange", look);

export default function ({ data, setTriggerValue }) {
  tell = (token) => setTriggerValue("token", token);
  look();
  if (typeof data.key !== "string") return; // nobody signed in or out in this tab
  const seconds = data.key ? data.days * 86400 : 0;
  const secure = window.location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${data.cookie}=${data.key}; path=/; max-age=${seconds}; SameSite=Strict${secure}`;
}
