// Following that answers at once, and a person's numbers as they change.
import { Link } from "react-router";
import { plural, short, toLogin, useFact, useLearn } from "./live.js";

export function FollowButton({ user: id, username, followed, readAt, signedIn, look, onFollow, onUnfollow }) {
  const heard = useFact(`follow_${id}`);
  const learn = useLearn();
  const on = heard && heard.at > readAt ? heard.on : followed;
  const toggle = () => {
    if (!signedIn) return toLogin();
    learn({ [`follow_${id}`]: { on: !on, at: Math.max(Date.now(), readAt + 1, (heard?.at ?? 0) + 1) } });
    return (on ? onUnfollow : onFollow)?.(id);
  };
  const words = on ? "Following" : look === "back" ? "Follow back" : "Follow";
  const style = look === "text" ? `ic-textbtn${on ? " is-muted" : ""}` : `ic-btn is-sm${on ? "" : " is-primary"}`;
  return (
    <button type="button" className={style} aria-label={`${words} ${username}`} aria-pressed={on} onClick={toggle}>
      {words}
    </button>
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
