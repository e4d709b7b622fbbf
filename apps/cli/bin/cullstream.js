#!/usr/bin/env node
// Written in ES5, as are the files it requires at once: a Node that is too old must get to its sentence.
var fs = require('fs');
var path = require('path');
var nodeProblem = require('./node-problem.js');

var main = path.join(__dirname, '..', 'build', 'main.js');
var problem = nodeProblem(process.versions.node);
if (problem === undefined && !fs.existsSync(main)) {
  problem = 'cullstream is not built yet: run `npm ci` (or `npm run build`) first';
}
if (problem === undefined) {
  // onnxruntime would tell its makers how it is used: in this process and in all that it starts.
  if (process.env.ORT_DISABLE_TELEMETRY === undefined) process.env.ORT_DISABLE_TELEMETRY = '1';
  // V8 optimises functions after fifteen times as much work as by default: most commands end before that
  // pays off. Later versions of Node do not know the flag.
  if (/^20\./.test(process.versions.node))
    require('v8').setFlagsFromString('--interrupt-budget=1000000');
  void require('./import-main.js')(main);
} else {
  process.stderr.write(problem + '\n');
  process.exitCode = 2;
}
