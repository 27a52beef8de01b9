import random

from flask import Flask, render_template

app = Flask(__name__)
pictures = ["/one.svg", "/two.svg", "/three.svg"]


@app.route("/")
def index():
    return render_template("index.html", url=random.choice(pictures))


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=5000)
