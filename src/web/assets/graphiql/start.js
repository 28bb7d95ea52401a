// Opens GraphiQL on the ready queries. Nothing is kept in the browser: each visit begins with the same queries.
(function () {
  'use strict';
  function uuid() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    var hex = Array.from(bytes, function (byte) {
      return byte.toString(16).padStart(2, '0');
    }).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }
  function memory() {
    var kept = new Map();
    return {
      get length() { return kept.size; },
      getItem: function (key) { return kept.has(key) ? kept.get(key) : null; },
      setItem: function (key, value) { kept.set(key, String(value)); },
      removeItem: function (key) { kept.delete(key); },
      clear: function () { kept.clear(); },
    };
  }
  var tabs = JSON.parse(document.getElementById('queries').textContent);
  tabs.forEach(function (tab) {
    tab.variables = tab.variables.replace(/NEW_UUID/g, uuid);
  });
  var place = document.getElementById('graphiql');
  place.textContent = '';
  ReactDOM.createRoot(place).render(
    React.createElement(GraphiQL, {
      fetcher: GraphiQL.createFetcher({ url: '/graphql' }),
      defaultTabs: tabs,
      variables: tabs[0].variables,
      storage: memory(),
      shouldPersistHeaders: false,
      forcedTheme: 'light',
      defaultEditorToolsVisibility: 'variables',
      isHeadersEditorEnabled: true,
    })
  );
})();
