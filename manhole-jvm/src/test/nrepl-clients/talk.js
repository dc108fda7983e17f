// Talks to a manhole through the package nrepl-client, and prints what came of it: a line each, its name and JSON.
// Argument: what net.connect takes, as JSON.
'use strict';

const nrepl = require('nrepl-client');

const connection = nrepl.connect(JSON.parse(process.argv[2]));
const messages = [];
let arrived = () => {};
connection.messageStream.on('data', (message) => {
  messages.push(message);
  arrived();
});

async function until(test) {
  while (!messages.some(test)) await new Promise((resolve) => (arrived = resolve));
}

// All that comes is looked at as it comes; some functions of the package call back without asking whether they may.
const ignore = () => {};

const has = (message, status) => (message.status || []).includes(status);

// All responses to a request, put together.
async function answers(request) {
  await until((message) => message.id === request.id && has(message, 'done'));
  const whole = { status: [] };
  for (const { id, session, status, ...rest } of messages.filter((message) => message.id === request.id)) {
    whole.status.push(...(status || []));
    for (const [name, value] of Object.entries(rest)) {
      whole[name] = typeof value === 'string' ? (whole[name] || '') + value : value;
    }
  }
  return whole;
}

const tell = (name, value) => console.log(name + ' ' + JSON.stringify(value));

async function talk() {
  tell('describe', Object.keys((await answers(connection.describe(undefined, true, ignore))).ops).sort());
  const session = (await answers(connection.clone(ignore)))['new-session'];
  const evaluate = (code) => connection.eval(code, 'user', session, undefined, undefined, ignore);
  tell('declare', await answers(evaluate('int x = 20 + 1')));
  tell('value', await answers(evaluate('x * 2')));
  tell('out', await answers(evaluate('System.out.print("häl" + "lo")')));
  tell('rejected', (await answers(evaluate('(in-ns \'user)'))).status);
  const thrown = await answers(evaluate('throw new IllegalStateException("no")'));
  tell('thrown', [thrown.ex, thrown['root-ex'], thrown.status]);
  const reading = evaluate('new java.util.Scanner(System.in).nextLine()');
  await until((message) => message.id === reading.id && has(message, 'need-input'));
  tell('stdin', (await answers(connection.send({ op: 'stdin', stdin: 'typed\n', session }))).status);
  tell('read', (await answers(reading)).value);
  const running = evaluate('System.out.print("on"); while (true) {}');
  await until((message) => message.id === running.id && message.out === 'on');
  tell('mismatch', (await answers(connection.interrupt(session, 'another', ignore))).status);
  tell('interrupt', (await answers(connection.interrupt(session, running.id, ignore))).status);
  tell('interrupted', (await answers(running)).status);
  tell('idle', (await answers(connection.interrupt(session, undefined, ignore))).status);
  const completions = await answers(connection.send({ op: 'completions', prefix: 'java.util.concurrent.ThreadLo', session }));
  tell('completions', completions.completions.map((each) => each.candidate));
  tell('lookup', (await answers(connection.send({ op: 'lookup', sym: 'x', session }))).info.name);
  tell('load-file', (await answers(connection.loadFile('6 * 7', 'a.jsh', '/tmp/a.jsh', undefined, undefined, ignore))).value);
  tell('sessions', (await answers(connection.lsSessions(ignore))).sessions.length);
  tell('unknown', (await answers(connection.send({ op: 'brew' }))).status);
  tell('close', (await answers(connection.close(session, ignore))).status);
  tell('closed', (await answers(evaluate('1'))).status);
  connection.end();
}

talk().catch((error) => {
  console.error(error);
  process.exit(1);
});
