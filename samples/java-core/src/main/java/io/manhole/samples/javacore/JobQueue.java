package io.manhole.samples.javacore;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Jobs that wait, and workers that count the words of one after the other. Safe for use by any thread. */
public final class JobQueue {

    private final BlockingQueue<Job> waiting = new LinkedBlockingQueue<>();
    private final List<Thread> workers = new ArrayList<>();
    private final Map<String, Integer> words = new TreeMap<>(); // guarded by itself
    private final Object gate = new Object();
    private boolean paused; // guarded by gate

    /**
     * Makes a queue whose workers have not started.
     *
     * @param workerCount how many jobs are worked on at the same time
     */
    public JobQueue(int workerCount) {
        for (int i = 1; i <= workerCount; i++) {
            workers.add(new Thread(this::work, "worker-" + i));
        }
    }

    /** Starts the workers, which keep the process alive. */
    public void start() {
        workers.forEach(Thread::start);
    }

    /**
     * Puts a job at the end of the queue.
     *
     * @param name what it is called
     * @param text whose words are counted
     */
    public void submit(String name, String text) {
        waiting.add(new Job(name, text));
    }

    /** Jobs that no worker has taken yet, the oldest first. */
    public List<Job> waiting() {
        return List.copyOf(waiting);
    }

    /** The word counts of finished jobs, by name. */
    public Map<String, Integer> words() {
        synchronized (words) {
            return Map.copyOf(words);
        }
    }

    /** Lets the workers finish what they are at, and begin nothing new. */
    public void pause() {
        synchronized (gate) {
            paused = true;
        }
    }

    /** Lets the workers go on. */
    public void resume() {
        synchronized (gate) {
            paused = false;
            gate.notifyAll();
        }
    }

    private void work() {
        try {
            while (true) {
                Job job = waiting.take();
                awaitOpen();
                int count = job.words();
                synchronized (words) {
                    words.put(job.name(), count);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the worker ends
        }
    }

    private void awaitOpen() throws InterruptedException {
        synchronized (gate) {
            while (paused) {
                gate.wait();
            }
        }
    }
}
