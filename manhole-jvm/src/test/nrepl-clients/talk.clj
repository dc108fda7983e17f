;; Talks to a manhole through the client of tools.nrepl, and prints what came of it: a line each, its name and the value.
;; Argument: the port.
(require '[clojure.tools.nrepl :as nrepl])

(with-open [connection (nrepl/connect :host "127.0.0.1" :port (Long/parseLong (first *command-line-args*)))]
  (let [client (nrepl/client connection 60000)
        session (nrepl/client-session client)
        ask (fn [request] (nrepl/combine-responses (nrepl/message session request)))
        evaluate (fn [code] (ask {:op "eval" :code code}))
        status (fn [response] (sort (:status response)))
        tell (fn [label value] (println label (pr-str value)))]
    (tell "describe" (sort (map name (keys (:ops (ask {:op "describe" :verbose? "true"}))))))
    (tell "declare" (dissoc (evaluate "int x = 20 + 1") :id :session))
    (tell "value" (nrepl/response-values (nrepl/message session {:op "eval" :code "x * 2"})))
    (tell "out" (:out (evaluate "System.out.print(\"hello\")")))
    (tell "rejected" (status (evaluate "(in-ns 'user)")))
    (tell "thrown" (:ex (evaluate "throw new IllegalStateException(\"no\")")))
    (let [running (nrepl/message session {:op "eval" :id "r" :code "System.out.print(\"on\"); while (true) {}"})]
      (tell "running" (:out (first running)))
      (tell "interrupt" (status (ask {:op "interrupt" :interrupt-id "r"})))
      (tell "interrupted" (status (nrepl/combine-responses running))))
    (tell "load-file" (:value (ask {:op "load-file" :file "6 * 7" :file-name "a.jsh"})))
    (tell "sessions" (count (:sessions (ask {:op "ls-sessions"}))))
    (tell "close" (status (ask {:op "close"})))))
(shutdown-agents)
