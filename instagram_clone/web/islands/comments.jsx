// Writing comments: each appears at once, and stays with a way to try again until it has arrived.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { newKey, toLogin, useFact } from "./live.js";

const LIMIT = 2200;
const waiting = new Map();
const listeners = new Set();
const NONE = [];

function change(postId, edit) {
  waiting.set(postId, edit(waiting.get(postId) ?? NONE));
  listeners.forEach((listener) => listener());
}

const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const useWaiting = (postId) => useSyncExternalStore(subscribe, () => waiting.get(postId) ?? NONE, () => NONE);

export function CommentForm({ postId, avatar, username, signedIn, focus, size, onComment }) {
  const [text, setText] = useState("");
  const field = useRef(null);
  useEffect(() => {
    const wanted = focus && new URLSearchParams(window.location.search).get("focus") === "comment";
    if (wanted) field.current?.focus();
  }, [focus, postId]);
  if (!signedIn)
    return <p className="ic-addcomment"><a className="ic-link" href="#login" onClick={(event) => { event.preventDefault(); toLogin(); }}>Log in</a><span className="ic-muted">to like or comment.</span></p>;
  const send = (event) => {
    event?.preventDefault();
    const written = text.trim();
    if (!written) return;
    const key = newKey();
    change(postId, (list) => [...list, { key, text: written }]);
    setText("");
    onComment?.(postId, written, key);
  };
  const face = `${size ?? 26}px`;
  return (
    <form className="ic-addcomment" onSubmit={send}>
        <Face avatar={avatar} username={username} size={face} />
        <textarea ref={field} className="ic-bare" rows={1} aria-label="Add a comment" placeholder="Add a comment…" value={text} maxLength={LIMIT} autoComplete="off"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) send(event);
          }} />
        <button type="submit" className="ic-textbtn" aria-label="Post comment" disabled={!text.trim()}>Post</button>
    </form>
  );
}

/** What was written here and has not arrived yet. `arrived` are the comments on screen. */
export function WaitingComments({ postId, avatar, username, arrived, onComment }) {
  const list = useWaiting(postId);
  return (
    <ul className="ic-waiting">
      {list.filter((one) => !arrived?.some((card) => card.key === one.key)).map((one) => (
        <Waiting key={one.key} one={one} postId={postId} avatar={avatar} username={username} onComment={onComment} />
      ))}
    </ul>
  );
}

function Waiting({ one, postId, avatar, username, onComment }) {
  const answer = useFact(`sent_${one.key}`);
  useEffect(() => {
    if (answer?.ok) change(postId, (list) => list.filter((other) => other.key !== one.key));
  }, [answer, one.key, postId]);
  const failed = answer && !answer.ok;
  const retry = () => {
    const key = newKey();
    change(postId, (list) => list.map((other) => (other.key === one.key ? { key, text: one.text } : other)));
    onComment?.(postId, one.text, key);
  };
  return (
    <li className="ic-comment">
      <Face avatar={avatar} username={username} size="32px" />
      <div>
        <p className="ic-breaks"><span className="ic-user">{username}</span> {one.text}</p>
        <div className="ic-comment-meta" role="status">
          {failed ? <><span className="ic-failed">Not sent. {answer.why}</span><button type="button" onClick={retry}>Retry</button></> : <span>Sending…</span>}
        </div>
      </div>
    </li>
  );
}

export function Face({ avatar, username, size }) {
  return avatar
    ? <span className="ic-avatar" style={{ "--sz": size }}><img src={avatar} width={parseInt(size, 10)} height={parseInt(size, 10)} alt="" /></span>
    : <span className="ic-avatar is-initials" style={{ "--sz": size }} aria-hidden="true">{(username || "?").slice(0, 1).toUpperCase()}</span>;
}

/** The list of comments: says who commented, follows the end when the reader is near it. */
export function CommentList({ comments, children }) {
  const newest = comments[comments.length - 1];
  const last = newest?.id ?? "";
  const lastBy = newest?.username;
  const list = useRef(null);
  const seen = useRef(null);
  const [fresh, setFresh] = useState(0);
  const [said, setSaid] = useState("");
  useEffect(() => {
    const before = seen.current;
    seen.current = last;
    if (before === null || !last || last === before) return;
    const box = list.current;
    setSaid(`${lastBy} commented`);
    const away = box.scrollHeight - box.scrollTop - box.clientHeight;
    if (away < 240 || box.scrollHeight <= box.clientHeight) box.scrollTo({ top: box.scrollHeight });
    else setFresh((number) => number + 1);
  }, [last, lastBy]);
  const toEnd = () => {
    setFresh(0);
    list.current.scrollTo({ top: list.current.scrollHeight, behavior: "smooth" });
  };
  return (
    <>
      <ul className="ic-comments" aria-label="Comments" ref={list} tabIndex={0}>{children}</ul>
      {fresh > 0 && <button type="button" className="ic-livecount" onClick={toEnd}>{fresh === 1 ? "1 new comment" : `${fresh} new comments`}</button>}
      <span className="ic-sr" role="status" aria-live="polite">{said}</span>
    </>
  );
}
