'use strict';

/**
 * onnxruntime-node's install script calls this before it reads what it is to download. On Linux that
 * would be 300 MB of CUDA libraries, from outside the registry, though the CPU binary is in the package.
 * Whoever asks for them by the flag or a variable still gets them (docs/adr/0018).
 */
exports.bootstrap = () => {
  const isAsked =
    process.argv.some((arg) => arg.startsWith('--onnxruntime-node-install')) ||
    Object.keys(process.env).some((name) => /^(npm_config_)?onnxruntime_node_install/i.test(name));
  if (!isAsked) process.env.ONNXRUNTIME_NODE_INSTALL = 'skip';
};
