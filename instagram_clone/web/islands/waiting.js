// Messages on their way: shown at once, kept over a reload, sent again under the same name until they arrive.
import { useSyncExternalStore } from "react";
import { newKey } from "./live.js";

const NONE = [];
const STORED = "ic:waiting";
const listeners = new Set();
let waiting = null;

/** What was on its way when the page was left; photos are not kept. */
function load() {
  try {
    waiting ??= JSON.parse(sessionStorage.getItem(STORED) ?? "{}");
  } catch {
    waiting = {};
  }
  return waiting;
}

function change(chat, edit) {
  waiting = { ...load(), [chat]: edit(load()[chat] ?? NONE) };
  const kept = Object.entries(waiting).map(([id, list]) => [id, list.filter((one) => !one.file).map(({ key, text, like, quote }) => ({ key, text, like, quote, left: true }))]);
  try {
    sessionStorage.setItem(STORED, JSON.stringify(Object.fromEntries(kept.filter(([, list]) => list.length))));
  } catch {
    // A full or forbidden storage only costs what a reload would keep.
  }
  listeners.forEach((listener) => listener());
}

const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The messages of a conversation that have not arrived yet, oldest first. */
export const useWaiting = (chat) => useSyncExternalStore(subscribe, () => load()[chat] ?? NONE, () => NONE);

/** Note a message that is being sent; returns it, with its name. */
export function put(chat, message) {
  const one = { key: newKey(), tried: Date.now(), ...message };
  change(chat, (list) => [...list, one]);
  return one;
}

export const edit = (chat, key, more) => change(chat, (list) => list.map((one) => (one.key === key ? { ...one, ...more } : one)));

export const drop = (chat, keys) => change(chat, (list) => list.filter((one) => !keys.includes(one.key)));
