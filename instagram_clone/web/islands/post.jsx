// The parts of a post that answer before the server does: heart, counts, photo, link.
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { ArrowUp, Heart, X } from "lucide-react";
import { plural, short, toLogin, useFact, useLearn } from "./live.js";

/** A post's or comment's truth here: the page's, unless something newer was heard; and what is hoped for. */
function usePost(post, kind = "post") {
  const heard = useFact(`${kind}_${post.id}`);
  const mine = useFact(`liked_${post.id}`);
  const wish = useFact(`wish_${post.id}`);
  const counts = heard && heard.rev >= post.rev ? heard : post;
  const own = mine && mine.rev >= post.rev ? mine : { liked: post.liked, rev: post.rev };
  const hoping = wish && wish.rev >= own.rev;
  const liked = hoping ? wish.liked : own.liked;
  return {
    liked,
    likes: Math.max(0, counts.likes + (liked ? 1 : 0) - (own.liked ? 1 : 0)),
    comments: counts.comments,
    replies: counts.replies,
    rev: Math.max(counts.rev, own.rev),
  };
}

function useHeart(post, signedIn, onLike, onUnlike, kind) {
  const now = usePost(post, kind);
  const learn = useLearn();
  return [
    now,
    (liked) => {
      if (!signedIn) return toLogin();
      if (liked === now.liked) return undefined;
      learn({ [`wish_${post.id}`]: { liked, rev: now.rev } });
      return (liked ? onLike : onUnlike)?.(post.id);
    },
  ];
}

/** The way to the replies that are folded away, and back. `shown` are on screen, `more` exist. */
export function MoreReplies({ comment, shown, more, onMore, onFewer }) {
  const { replies } = usePost(comment, "comment");
  const left = Math.max(0, replies - shown);
  if (more && left > 0)
    return (
      <li><button type="button" className="ic-morereplies" aria-expanded={false} onClick={() => onMore?.(comment.id)}>
        {`View ${left.toLocaleString("en")} ${shown ? "more " : ""}${left === 1 ? "reply" : "replies"}`}
      </button></li>
    );
  if (shown > 1)
    return <li><button type="button" className="ic-morereplies" aria-expanded onClick={() => onFewer?.(comment.id)}>Hide replies</button></li>;
  return null;
}

export function CommentsLink({ post }) {
  const { comments } = usePost(post);
  if (comments === 0) return null;
  const words = comments === 1 ? "View 1 comment" : `View all ${comments.toLocaleString("en")} comments`;
  return <PostLink to={post.id} className="ic-post-comments">{words}</PostLink>;
}

/** A link to a post: over the page where there is room, else to its own page. */
export function PostLink({ to: id, className, label, style, children }) {
  const show = useShow();
  const open = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    show(id);
  };
  return <a href={`/p/${id}`} className={className} aria-label={label || undefined} style={style} onClick={open} data-open>{children}</a>;
}

function useShow() {
  const navigate = useNavigate();
  return (id, field) => {
    const here = window.location.pathname;
    const wide = window.matchMedia("(min-width: 768px)").matches;
    if (!wide || here.startsWith("/p/")) navigate(`/p/${id}${field ? "?focus=comment" : ""}`);
    else navigate(`${here}?p=${id}${field ? "&focus=comment" : ""}`, { preventScrollReset: true });
  };
}

export function CommentButton({ to: id, className, children }) {
  const show = useShow();
  const go = (event) => {
    const near = event.currentTarget.closest("article, dialog")?.querySelector("textarea");
    if (near?.offsetParent) near.focus();
    else show(id, true);
  };
  return <button type="button" className={className} aria-label="Comment" data-comment onClick={go}>{children}</button>;
}

/** Hides a post once it is deleted; the element around it stays where lists expect one. */
export function PostArticle({ post, className, label, children }) {
  const gone = useFact(`gone_${post.id}`);
  if (gone) return null;
  return <article className={className} aria-label={label} tabIndex={-1} data-post={post.id}>{children}</article>;
}

const source = (photo, width) => `/media/${photo.id}/${width}`;
export const srcSet = (photo) => photo.widths.map((width) => `${source(photo, width)} ${width}w`).join(", ");

export function Picture({ photo, sizes, eager, fallback, className }) {
  const [shown, setShown] = useState(false);
  const image = useRef(null);
  useEffect(() => {
    if (image.current?.complete) setShown(true);
  }, []);
  const usual = photo.widths.find((width) => width >= 640) ?? photo.widths[photo.widths.length - 1];
  return (
    <img ref={image} className={`ic-fadein${shown ? " is-shown" : ""} ${className ?? ""}`} src={source(photo, usual)} srcSet={srcSet(photo)}
      sizes={sizes} width={photo.width} height={photo.height} alt={photo.alt || fallback}
      loading={eager ? "eager" : "lazy"} fetchPriority={eager ? "high" : undefined} decoding="async" onLoad={() => setShown(true)} />
  );
}

/** The photo of a post: two quick taps like it and never unlike it. */
export function Photo({ post, signedIn, sizes, eager, free, onLike }) {
  const [, set] = useHeart(post, signedIn, onLike);
  const [burst, setBurst] = useState(0);
  const [described, setDescribed] = useState(false);
  const last = useRef(0);
  const photo = post.photo;
  const ratio = Math.min(1.91, Math.max(0.8, photo.width / photo.height));
  const tap = (event) => {
    if (event.target.closest("button")) return;
    const at = event.timeStamp;
    if (at - last.current < 350) {
      last.current = 0;
      if (!signedIn) return toLogin();
      set(true);
      setBurst((number) => number + 1);
    } else last.current = at;
  };
  const style = { "--ph": `url("${photo.placeholder}")`, touchAction: "manipulation" };
  if (!free) style["--ar"] = ratio;
  return (
    // The heart button and the l key do the same for people without a pointer.
    <div className="ic-media" role="group" aria-roledescription="carousel" aria-label="Photos" style={style} onClick={tap}>
      <Picture photo={photo} sizes={sizes} eager={eager} fallback={`Photo by ${post.username}`} />
      {photo.alt && (
        <button type="button" className="ic-media-alt" aria-label="Show image description" aria-expanded={described} onClick={() => setDescribed(!described)}>
          ALT
        </button>
      )}
      {described && (
        <p className="ic-media-desc">
          <span>{photo.alt}</span>
          <button type="button" className="ic-iconbtn is-sm" aria-label="Hide image description" onClick={() => setDescribed(false)}>
            <X className="ic-icon" size={18} aria-hidden="true" />
          </button>
        </p>
      )}
      <span key={burst} className={`ic-burst${burst ? " is-on" : ""}`} aria-hidden="true"><Heart className="ic-icon" size={104} /></span>
    </div>
  );
}

export function Tile({ post, sizes, className }) {
  const now = usePost(post);
  const gone = useFact(`gone_${post.id}`);
  if (gone) return null;
  const label = `Photo, ${plural(now.likes, "like")}, ${plural(now.comments, "comment")}`;
  return (
    <PostLink to={post.id} className={`ic-tile ${className ?? ""}`} label={label} style={{ "--ph": `url("${post.photo.placeholder}") center/cover` }}>
      <Picture photo={{ ...post.photo, alt: "" }} fallback="" sizes={sizes} />
      <span className="ic-tile-over" aria-hidden="true">
        <span><Heart className="ic-icon" size={20} />{short(now.likes)}</span>
        <span><svg className="ic-icon" width="20" height="20" viewBox="0 0 24 24"><path d="M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719" /></svg>{short(now.comments)}</span>
      </span>
    </PostLink>
  );
}

/** A caption folded to two lines until somebody wants more. */
export function Caption({ long, children }) {
  const [open, setOpen] = useState(false);
  const folded = long && !open;
  return (
    <div className="ic-captionbox">
      <p className={`ic-caption ic-breaks${folded ? " is-clamped" : ""}`}>{children}</p>
      {folded && <button type="button" className="ic-post-more" aria-label="Show full caption" onClick={() => setOpen(true)}>more</button>}
    </div>
  );
}

/** "3 new posts" above the feed: shows them from the top when the reader wants to. */
export function NewPosts({ fresh, onShow }) {
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (!asked || fresh.length) return;
    setAsked(false);
    window.scrollTo({ top: 0 });
    document.querySelector("article[data-post]")?.focus({ preventScroll: true });
  }, [asked, fresh]);
  if (!fresh.length) return null;
  const faces = [...new Set(fresh.map((one) => one.avatar).filter(Boolean))].slice(0, 3);
  return (
    <div className="ic-pillwrap">
      <button type="button" className="ic-pill" onClick={() => { setAsked(true); onShow?.(); }}>
        <span className="ic-stack" aria-hidden="true">
          {faces.map((face) => <span key={face} className="ic-avatar" style={{ "--sz": "24px" }}><img src={face} width="24" height="24" alt="" /></span>)}
        </span>
        {plural(fresh.length, "new post")}
        <ArrowUp className="ic-icon is-bold" size={16} aria-hidden="true" />
      </button>
    </div>
  );
}
