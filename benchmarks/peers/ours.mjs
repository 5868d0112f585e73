// How this app is spoken to: Reflex's events over one WebSocket, cookies over HTTP.
import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const from = (file) => import(pathToFileURL(`${process.env.PWD}/${file}`));
const [data, { request, socketio }] = await Promise.all([from('dataset.mjs'), from('load/net.mjs')]);
const STATES = 'reflex___state____state.instagram_clone___web___states___';
const HYDRATE = 'reflex___state____state.hydrate_and_load';
const where = (path) => ({ pathname: path, query: {}, asPath: path });

export default (port, { OURS }) => {
  const { cookies, chats } = JSON.parse(readFileSync(OURS));
  const origin = `http://127.0.0.1:${port}`;
  const event = (client, state, name, payload) =>
    client.emit('event', { name: `${STATES}${state}____${state}_state.${name}`, payload, router_data: where(client.path) });
  const answer = (client, part, send) => new Promise((resolve) => {
    client.on = (frame) => { if (frame.includes(part)) { client.on = null; resolve(frame); } };
    send();
  });
  const open = async (session, path = '/settings/account') => {
    const client = await socketio(`ws://127.0.0.1:${port}/_event/?EIO=4&transport=websocket&token=${randomBytes(16).toString('hex')}`, { namespace: '/_event', headers: { origin, cookie: session.cookie } });
    client.path = path;
    client.session = session;
    return client;
  };
  // A page's first event makes the tab known and loads it, as in a browser.
  const load = (client, path, part) => answer(client, part, () => { client.path = path; client.emit('event', { name: HYDRATE, payload: {}, router_data: where(path) }); });
  return {
    hot: data.hot,
    session: async (i) => ({ i, cookie: cookies[i % cookies.length] }),
    // Who talks has the conversation open; everybody else looks at something that costs nothing.
    open: async (session) => {
      const client = await open(session);
      const chat = process.argv.includes('dm') && chats[Math.floor(session.i / 2)];
      await (chat ? load(client, `/messages/${chat}`, '"chat_rx_state_":{') : load(client, '/settings/account', 'settings_state'));
      return client;
    },
    view: (client, post) => load(client, `/p/${post}`, '"comments_rx_state_"'),
    like: (client, post, on) => (event(client, 'timeline', on ? 'like' : 'unlike', { post_id: post }), on ? 1 : -1),
    isUpdate: (frame, post) => frame.includes(`"post_${post}"`),
    countIn: (frame) => +/"post_[0-9a-f]{24}":\{"likes":(\d+)/.exec(frame)[1],

    message: (client, to, text) => event(client, 'thread', 'send', { chat_id: chats[(to - 1) / 2], key: randomBytes(12).toString('hex'), text }),
    isMessage: (frame) => frame.includes('"m_'),

    reader: async (i) => { const client = await open({ cookie: cookies[i % cookies.length] }); await load(client, '/', '"posts_rx_state_"'); return client; },
    feed: (client) => answer(client, '"posts_rx_state_"', () => event(client, 'timeline', 'refresh', {})),
    feedPosts: (frame) => [...`${frame}`.matchAll(/"likes":(\d+)/g)].map(([, likes]) => ({ likes: +likes })),

    anonymous: async () => null,
    login: (_, i) => request('POST', `${origin}/api/login`, { headers: { origin }, body: { login: data.username(i), password: data.password, next: '/' } }),
  };
};
