// Sending one photo: progress, cancel, and errors in words.

export const LIMITS = "JPEG, PNG, WebP, HEIC, AVIF or GIF, up to 30 MB.";
export const ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif,image/avif,image/gif,.heic,.heif";
const MAX_BYTES = 30 * 1024 * 1024;
const KINDS = /^image\/(jpeg|png|webp|hei[cf]|avif|gif)$/;

/** Why a file need not even be sent, or "". The server judges by content. */
export function refusal(file) {
  if (file.size > MAX_BYTES) return "This photo is larger than 30 MB. Choose a smaller one.";
  if (file.size === 0) return "This file is empty. Choose another photo.";
  if (file.type && !KINDS.test(file.type)) {
    const kind = file.name.includes(".") ? file.name.split(".").pop().toUpperCase() : "This kind of file";
    return `${kind} is not supported. Use JPEG, PNG, WebP, HEIC, AVIF or GIF.`;
  }
  return "";
}

/** Start sending; returns a function that cancels. */
export function send(file, { use, onProgress, onDone, onError }) {
  const request = new XMLHttpRequest();
  let sent = 0;
  request.open("POST", use ? `/api/media?use=${use}` : "/api/media");
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.upload.onprogress = (event) => {
    sent = event.lengthComputable ? event.loaded / event.total : 0;
    onProgress?.(sent);
  };
  request.onload = () => {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      // An answer that is not ours, from a proxy say, counts as none.
    }
    if (request.status === 200) onDone(answer);
    else onError(answer.error ?? "The server could not take this photo. Try again.");
  };
  request.onerror = () => onError(`Connection lost at ${Math.round(sent * 100)}%. Try again.`);
  request.send(file);
  return () => request.abort();
}

export const discard = (id) => fetch(`/api/media/${id}`, { method: "DELETE", keepalive: true }).catch(() => undefined);

export const megabytes = (bytes) => `${(bytes / 1048576).toFixed(1)} MB`;
