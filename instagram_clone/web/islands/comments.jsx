// A profile photo, or the first letter of a name.
export function Face({ avatar, username, size }) {
  return avatar
    ? <span className="ic-avatar" style={{ "--sz": size }}><img src={avatar} width={parseInt(size, 10)} height={parseInt(size, 10)} alt="" /></span>
    : <span className="ic-avatar is-initials" style={{ "--sz": size }} aria-hidden="true">{(username || "?").slice(0, 1).toUpperCase()}</span>;
}
