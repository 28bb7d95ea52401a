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
  // Subscriptions come as server-sent events ("distinct connections" of GraphQL over SSE); everything else is one answer.
  var ask = GraphiQL.createFetcher({ url: '/graphql' });
  function follows(asked, options) {
    var found = options && options.documentAST && options.documentAST.definitions.find(function (definition) {
      return definition.kind === 'OperationDefinition' &&
        (!asked.operationName || (definition.name && definition.name.value === asked.operationName));
    });
    return Boolean(found) && found.operation === 'subscription';
  }
  async function* events(asked, headers, signal) {
    var answer = await fetch('/graphql', {
      method: 'POST',
      headers: Object.assign({}, headers, { 'content-type': 'application/json', accept: 'text/event-stream' }),
      body: JSON.stringify(asked),
      signal: signal,
    });
    if (!(answer.headers.get('content-type') || '').startsWith('text/event-stream')) {
      yield await answer.json();
      return;
    }
    var lines = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    var text = '';
    for (;;) {
      var piece = await lines.read();
      if (piece.done) return;
      text += piece.value;
      var parts = text.split('\n\n');
      text = parts.pop();
      for (var part of parts) {
        if (/^event: complete/m.test(part)) return;
        var data = /^data: (.*)$/m.exec(part);
        if (data && /^event: next/m.test(part)) yield JSON.parse(data[1]);
      }
    }
  }
  function fetcher(asked, options) {
    if (!follows(asked, options)) return ask(asked, options);
    var stop = new AbortController();
    var told = events(asked, options.headers, stop.signal);
    return {
      [Symbol.asyncIterator]: function () { return this; },
      next: function () {
        return told.next().catch(function (error) {
          if (stop.signal.aborted) return { done: true, value: undefined };
          throw error;
        });
      },
      return: function () {
        stop.abort();
        return Promise.resolve({ done: true, value: undefined });
      },
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
      fetcher: fetcher,
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
