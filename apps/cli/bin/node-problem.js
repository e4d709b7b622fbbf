/** What is wrong with a version of Node, `20.18.0`; undefined where it will do. As package.json asks. */
module.exports = function nodeProblem(version) {
  var parts = version.split('.').map(Number);
  if (parts[0] > 20 || (parts[0] === 20 && parts[1] >= 19)) return undefined;
  return (
    'cullstream needs Node 20.19 or newer, and this is ' +
    version +
    ': install one from https://nodejs.org, 24 for instance'
  );
};
