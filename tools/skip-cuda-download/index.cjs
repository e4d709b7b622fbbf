'use strict';

/**
 * onnxruntime-node's install script loads this before it decides what to download. On Linux it
 * would download 300 MB of CUDA libraries from outside the registry, although the package contains
 * the CPU binary. With the flag or the variable they are still downloaded (docs/adr/0018).
 */
exports.bootstrap = () => {
  const isAsked =
    process.argv.some((arg) => arg.startsWith('--onnxruntime-node-install')) ||
    Object.keys(process.env).some((name) => /^(npm_config_)?onnxruntime_node_install/i.test(name));
  if (!isAsked) process.env.ONNXRUNTIME_NODE_INSTALL = 'skip';
};
