// Following that answers at once, and a person's numbers as they change.
import { useState } from "react";
import { Link } from "react-router";
import { Confirm } from "./layers.jsx";
import { plural, short, toLogin, useFact, useLearn } from "./live.js";

/** `locked` is a private account's: following it is asking to, and leaving it is asked about. */
export function FollowButton({ user: id, username, followed, requested, locked, readAt, signedIn, look, onFollow, onUnfollow }) {
  const heard = useFact(`follow_${id}`);
  const told = useFact(`asked_${id}`);
  const learn = useLearn();
  const [leaving, setLeaving] = useState(false);
  const on = heard && heard.at > readAt ? heard.on : followed;
  const asked = !on && (told && told.at > readAt ? told.on : requested);
  const hope = (name, before, now) =>
    learn({ [`${name}_${id}`]: { on: now, at: Math.max(Date.now(), readAt + 1, (before?.at ?? 0) + 1) } });
  const leave = () => {
    if (on) hope("follow", heard, false);
    else hope("asked", told, false);
    onUnfollow?.(id);
  };
  const toggle = () => {
    if (!signedIn) return toLogin();
    if (on && locked) return setLeaving(true);
    if (on || asked) return leave();
    if (locked) hope("asked", told, true);
    else hope("follow", heard, true);
    return onFollow?.(id);
  };
  const words = on ? "Following" : asked ? "Requested" : look === "back" ? "Follow back" : "Follow";
  const quiet = on || asked;
  const style = look === "text" ? `ic-textbtn${quiet ? " is-muted" : ""}` : `ic-btn is-sm${quiet ? "" : " is-primary"}`;
  return (
    <>
      <button type="button" className={style} aria-label={`${words} ${username}`} aria-pressed={quiet} onClick={toggle}>
        {words}
      </button>
      {leaving && (
        <Confirm title={`Unfollow ${username}?`} question={`Unfollow ${username}?`} action="Unfollow"
          text="This account is private. To see their photos again you would have to ask again."
          onConfirm={leave} onClose={() => setLeaving(false)} />
      )}
    </>
  );
}

export function PersonCounts({ profile, linked }) {
  const heard = useFact(`person_${profile.id}`);
  const now = heard && heard.rev > profile.rev ? heard : profile;
  const part = (count, word) => <><b title={count.toLocaleString("en")}>{short(count)}</b> {word}</>;
  const people = (count, word, page) =>
    linked ? <Link to={`/${profile.username}/${page}`} preventScrollReset>{part(count, word)}</Link> : part(count, word);
  return (
    <ul className="ic-stats">
      <li>{part(now.posts, plural(now.posts, "post").split(" ")[1])}</li>
      <li>{people(now.followers, plural(now.followers, "follower").split(" ")[1], "followers")}</li>
      <li>{people(now.following, "following", "following")}</li>
    </ul>
  );
}
