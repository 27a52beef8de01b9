<%@ page session="false" pageEncoding="UTF-8" contentType="text/html; charset=UTF-8" %>
<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <title>Apache Tomcat</title>
    <link href="tomcat.css" rel="stylesheet" type="text/css" />
  </head>
  <body>
    <h1>Apache Tomcat</h1>
    <p>If you're seeing this, you've successfully installed Tomcat. Congratulations!</p>
    <p>This page is <code>webapps/ROOT/index.jsp</code>. Put a folder or a <code>.war</code> file of your own beside
      <code>ROOT</code>, and it is served under its name.</p>
    <ul>
      <li><a href="docs/">Documentation</a></li>
      <li><a href="examples/">Examples</a></li>
    </ul>
  </body>
</html>
